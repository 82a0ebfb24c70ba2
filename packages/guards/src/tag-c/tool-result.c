#include "tool-result.h"

#include <stdlib.h>

// The text of the only block of `content`; absent when there are more, or when it is not text.
static json_value only_text(json_value content) {
  enum { TYPE, TEXT_MEMBER, COUNT };
  const text names[COUNT] = {TEXT("type"), TEXT("text")};
  const json_value none = {NULL, NULL};
  json_value values[COUNT];
  if (json_kind_of(content) != JSON_ARRAY) return none;
  json_cursor cursor = json_enter(content);
  if (!json_next(&cursor)) return none;
  json_value block = cursor.value;
  if (json_next(&cursor) || json_kind_of(block) != JSON_OBJECT) return none;
  if (!json_members(block, JSON_OPEN, COUNT, names, values)) return none;
  if (json_kind_of(values[TYPE]) != JSON_STRING || !json_says(values[TYPE], TEXT("text"))) return none;
  return json_kind_of(values[TEXT_MEMBER]) == JSON_STRING ? values[TEXT_MEMBER] : none;
}

document_state find_document(json_value result, document *found) {
  enum { CONTENT, IS_ERROR, COUNT };
  const text names[COUNT] = {TEXT("content"), TEXT("isError")};
  json_value values[COUNT];
  if (json_kind_of(result) != JSON_OBJECT || !json_members(result, JSON_OPEN, COUNT, names, values)) return DOCUMENT_NONE;
  json_kind error = json_kind_of(values[IS_ERROR]);
  if (error != JSON_ABSENT && error != JSON_FALSE) return DOCUMENT_NONE;
  json_value string = only_text(values[CONTENT]);
  if (json_kind_of(string) == JSON_ABSENT) return DOCUMENT_NONE;
  uint8_t *bytes = malloc(json_decoded_bound(string) + 1);
  if (bytes == NULL) return DOCUMENT_NO_MEMORY;
  if (json_parse(bytes, json_decode(string, bytes), &found->root) && json_kind_of(found->root) == JSON_OBJECT) {
    found->bytes = bytes;
    return DOCUMENT_FOUND;
  }
  free(bytes);
  return DOCUMENT_NONE;
}
