// Whether what a call touches is public.

#ifndef TAG_VISIBILITY_H
#define TAG_VISIBILITY_H

#include "policy.h"

typedef enum { VISIBILITY_UNKNOWN, VISIBILITY_PUBLIC, VISIBILITY_PRIVATE } visibility;

// Asks the policy's visibility tool. Returns 0, or a negative answer after the reason was logged.
int32_t ask_visibility(const policy *policy, json_value args, visibility *result);

#endif
