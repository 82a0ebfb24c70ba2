#include "abi.h"
#include "labels.h"

EXPORT(label_agent)
int32_t label_agent(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
  json_value root;
  drop_policy();
  if (!json_parse(input, length, &root)) {
    return fail(ANSWER_MALFORMED_INPUT, "policy: it is not JSON, or nests too deeply");
  }
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
