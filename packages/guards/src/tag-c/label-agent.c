#include "agent-answer.h"

EXPORT(label_agent)
int32_t label_agent(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
  json_value root;
  drop_policy();
  if (!json_parse(input, length, &root)) {
    return fail(ANSWER_MALFORMED_INPUT, "policy: it is not JSON, or nests too deeply");
  }
  return adopt_policy(root, output, capacity);
}
