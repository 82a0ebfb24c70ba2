#include "agent-answer.h"

#include "labels.h"

int32_t adopt_policy(json_value root, uint8_t *output, size_t capacity) {
  int32_t refused = set_policy(root);
  if (refused != 0) return refused;

  const policy *policy = current_policy();
  json_writer writer = {.bytes = output, .capacity = capacity};
  write_raw(&writer, TEXT("{\"agent\":{"));
  write_labels(&writer, policy, policy->agent_secrecy, policy->agent_integrity, VISIBILITY_UNKNOWN);
  write_raw(&writer, TEXT("},\"difc_mode\":"));
  write_string(&writer, policy->mode);
  write_raw(&writer, TEXT("}"));
  return written_answer(&writer);
}
