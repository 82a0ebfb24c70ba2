#include "visibility.h"

#include <stdlib.h>

#include "abi.h"
#include "tool-result.h"

// Where answers fit at once, as they nearly always do, and what is the most.
enum { FIRST_CAPACITY = 65536, MAX_CAPACITY = 1048576, BACKEND_TOO_SMALL = -2 };

static int32_t no_memory(void) {
  return fail(ANSWER_NO_MEMORY, "visibility: no memory left for the answer");
}

static uint32_t size_hint(const uint8_t *bytes) {
  return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// Calls the tool, a second time when its answer needs more room. The caller frees `*answer`.
static int32_t call_tool(text tool, text args, uint8_t **answer) {
  *answer = malloc(FIRST_CAPACITY);
  if (*answer == NULL) return no_memory();
  int32_t length = call_backend(tool.bytes, tool.length, args.bytes, args.length, *answer, FIRST_CAPACITY);
  if (length == BACKEND_TOO_SMALL) {
    uint32_t needed = size_hint(*answer);
    if (needed <= FIRST_CAPACITY || needed > MAX_CAPACITY) {
      return fail(ANSWER_BACKEND_FAILED, "visibility: the backend's answer is larger than 1 MiB");
    }
    free(*answer);
    *answer = malloc(needed);
    if (*answer == NULL) return no_memory();
    length = call_backend(tool.bytes, tool.length, args.bytes, args.length, *answer, needed);
  }
  return length < 0 ? fail(ANSWER_BACKEND_FAILED, "visibility: the backend did not answer") : length;
}

// Both words count, and nothing else: a wrong "public" would let secrets out, a wrong "private" would let secrets be
// written where everybody reads them.
static visibility read_visibility(json_value root) {
  const text names[] = {TEXT("visibility")};
  json_value word;
  if (!json_members(root, JSON_OPEN, 1, names, &word) || json_kind_of(word) != JSON_STRING) return VISIBILITY_UNKNOWN;
  if (json_says(word, TEXT("public"))) return VISIBILITY_PUBLIC;
  return json_says(word, TEXT("private")) ? VISIBILITY_PRIVATE : VISIBILITY_UNKNOWN;
}

static int32_t read_answer(const uint8_t *bytes, size_t length, visibility *result) {
  json_value root;
  document document;
  *result = VISIBILITY_UNKNOWN;
  if (json_parse(bytes, length, &root)) {
    document_state state = find_document(root, &document);
    if (state == DOCUMENT_NO_MEMORY) return no_memory();
    if (state == DOCUMENT_FOUND) {
      *result = read_visibility(document.root);
      free(document.bytes);
    }
  }
  if (*result != VISIBILITY_UNKNOWN) return 0;
  return fail(ANSWER_BACKEND_FAILED, "visibility: the backend's answer says neither public nor private");
}

int32_t ask_visibility(const policy *policy, json_value args, visibility *result) {
  text sent = args.start == NULL ? TEXT("{}") : (text){args.start, (size_t)(args.end - args.start)};
  uint8_t *answer;
  int32_t length = call_tool(policy->visibility_tool, sent, &answer);
  int32_t outcome = length < 0 ? length : read_answer(answer, (size_t)length, result);
  free(answer);
  return outcome;
}
