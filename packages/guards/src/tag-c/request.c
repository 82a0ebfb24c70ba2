#include "request.h"

#include "abi.h"

int32_t read_request(const uint8_t *input, size_t length, request *request) {
  enum { TOOL_NAME, TOOL_ARGS, TOOL_RESULT, COUNT };
  const text names[COUNT] = {TEXT("tool_name"), TEXT("tool_args"), TEXT("tool_result")};
  json_value root;
  json_value values[COUNT];
  const policy *policy = current_policy();
  if (policy == NULL) return fail(ANSWER_NO_POLICY, "request: there is no policy, call label_agent first");
  if (!json_parse(input, length, &root)) {
    return fail(ANSWER_MALFORMED_INPUT, "request: it is not JSON, or nests too deeply");
  }
  if (json_kind_of(root) != JSON_OBJECT || !json_members(root, JSON_OPEN, COUNT, names, values)) {
    return fail(ANSWER_MALFORMED_INPUT, "request: it must be an object, with each member once");
  }
  if (json_kind_of(values[TOOL_NAME]) != JSON_STRING) {
    return fail(ANSWER_MALFORMED_INPUT, "request: tool_name must be a string");
  }
  json_kind args = json_kind_of(values[TOOL_ARGS]);
  if (args == JSON_NULL) values[TOOL_ARGS] = (json_value){NULL, NULL};
  else if (args != JSON_ABSENT && args != JSON_OBJECT) {
    return fail(ANSWER_MALFORMED_INPUT, "request: tool_args must be an object or null");
  }
  request->policy = policy;
  request->tool = find_tool(policy, values[TOOL_NAME]);
  request->args = values[TOOL_ARGS];
  request->result = values[TOOL_RESULT];
  return 0;
}
