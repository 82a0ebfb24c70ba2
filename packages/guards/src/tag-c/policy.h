// The policy of a tag guard. ../tag-guards.md describes its JSON.

#ifndef TAG_POLICY_H
#define TAG_POLICY_H

#include "json-reader.h"

typedef struct {
  text *tags;
  size_t count;
} tag_list;

typedef struct {
  text name;
  text operation; // read, write or read-write
  tag_list secrecy;
  tag_list integrity;
} tool;

typedef struct {
  text mode; // strict, filter or propagate
  tag_list agent_secrecy;
  tag_list agent_integrity;
  tool *tools;
  size_t tool_count;
  tag_list every_secrecy; // of all tools, each tag once
  // The rest is absent where the policy does not name it.
  text private_tag;
  text visibility_tool;
  text private_attribute;
} policy;

// Replaces the current policy by the one in `root`. Afterwards there is none if that fails, in which case the reason
// is logged. Returns 0 or a negative answer.
int32_t set_policy(json_value root);

// Leaves the guard without a policy.
void drop_policy(void);

// NULL before the first policy and after one that was refused.
const policy *current_policy(void);

// NULL for a tool that the policy does not list.
const tool *find_tool(const policy *policy, json_value name);

#endif
