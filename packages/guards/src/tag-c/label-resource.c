#include "abi.h"
#include "labels.h"
#include "request.h"

// What an unknown tool does, to what, nobody knows: it may write anything that is secret anywhere, and vouches for
// nothing. The backend is not asked, for arguments of unknown meaning.
static void write_unknown(json_writer *writer, const policy *policy) {
  visibility visibility = policy->private_tag.bytes == NULL ? VISIBILITY_UNKNOWN : VISIBILITY_PRIVATE;
  write_labels(writer, policy, policy->every_secrecy, (tag_list){NULL, 0}, visibility);
  write_raw(writer, TEXT("},\"operation\":\"write\"}"));
}

static void write_known(json_writer *writer, const policy *policy, const tool *tool, visibility visibility) {
  write_labels(writer, policy, tool->secrecy, tool->integrity, visibility);
  write_raw(writer, TEXT("},\"operation\":"));
  write_string(writer, tool->operation);
  write_raw(writer, TEXT("}"));
}

EXPORT(label_resource)
int32_t label_resource(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
  request request;
  int32_t answer = read_request(input, length, &request);
  if (answer != 0) return answer;

  visibility visibility = VISIBILITY_UNKNOWN;
  if (request.tool != NULL && request.policy->visibility_tool.bytes != NULL) {
    answer = ask_visibility(request.policy, request.args, &visibility);
    if (answer != 0) return answer;
  }
  json_writer writer = {.bytes = output, .capacity = capacity};
  write_raw(&writer, TEXT("{\"resource\":{"));
  if (request.tool == NULL) write_unknown(&writer, request.policy);
  else write_known(&writer, request.policy, request.tool, visibility);
  return written_answer(&writer);
}
