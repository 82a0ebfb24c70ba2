// What label_agent does once it has a policy.

#ifndef TAG_AGENT_ANSWER_H
#define TAG_AGENT_ANSWER_H

#include "abi.h"
#include "policy.h"

// Replaces the current policy by the one in `root`, and answers with the agent's labels, or below 0.
int32_t adopt_policy(json_value root, uint8_t *output, size_t capacity);

#endif
