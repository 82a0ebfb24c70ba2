#include <stdlib.h>

#include "abi.h"
#include "labels.h"
#include "request.h"
#include "tool-result.h"

// The labels of an item as JSON, rendered once for all items of a kind.
typedef struct {
  text public;
  text private;
} rendered_labels;

static void write_item_labels(json_writer *writer, const request *request, visibility visibility) {
  write_raw(writer, TEXT("{"));
  write_labels(writer, request->policy, request->tool->secrecy, request->tool->integrity, visibility);
  write_raw(writer, TEXT("}"));
}

// NULL bytes when there is no memory left.
static text render(const request *request, visibility visibility) {
  json_writer counter = {0};
  write_item_labels(&counter, request, visibility);
  size_t length = (size_t)counter.length;
  json_writer writer = {.bytes = malloc(length), .capacity = length};
  if (writer.bytes != NULL) write_item_labels(&writer, request, visibility);
  return (text){writer.bytes, length};
}

static void write_item(json_writer *writer, uint32_t index, text labels) {
  if (index > 0) write_raw(writer, TEXT(","));
  write_raw(writer, TEXT("{\"path\":\"/items/"));
  write_number(writer, index);
  write_raw(writer, TEXT("\",\"labels\":"));
  write_raw(writer, labels);
  write_raw(writer, TEXT("}"));
}

// An item is public only if it says so itself. False when it can be read in two ways.
static bool read_item(json_value item, text attribute, bool *public) {
  json_value value;
  *public = false;
  if (json_kind_of(item) != JSON_OBJECT) return true;
  if (!json_members(item, JSON_OPEN, 1, &attribute, &value)) return false;
  *public = json_kind_of(value) == JSON_FALSE;
  return true;
}

// False when the document has no items of which all can be read.
static bool write_items(json_writer *writer, json_value document, text attribute, rendered_labels labels) {
  const text names[] = {TEXT("items")};
  json_value items;
  if (!json_members(document, JSON_OPEN, 1, names, &items) || json_kind_of(items) != JSON_ARRAY) return false;
  uint32_t index = 0;
  write_raw(writer, TEXT("{\"items_path\":\"/items\",\"labeled_paths\":["));
  for (json_cursor cursor = json_enter(items); json_next(&cursor); index++) {
    bool public;
    if (!read_item(cursor.value, attribute, &public)) return false;
    write_item(writer, index, public ? labels.public : labels.private);
  }
  write_raw(writer, TEXT("]}"));
  return true;
}

static int32_t label_document(const request *request, json_value document, uint8_t *output, size_t capacity) {
  rendered_labels labels = {render(request, VISIBILITY_PUBLIC), render(request, VISIBILITY_PRIVATE)};
  json_writer writer = {.bytes = output, .capacity = capacity};
  int32_t answer;
  if (labels.public.bytes == NULL || labels.private.bytes == NULL) {
    answer = fail(ANSWER_NO_MEMORY, "response: no memory left for the labels");
  } else {
    if (!write_items(&writer, document, request->policy->private_attribute, labels)) {
      writer.length = 0;
      write_raw(&writer, TEXT("null"));
    }
    answer = written_answer(&writer);
  }
  free((void *)labels.public.bytes);
  free((void *)labels.private.bytes);
  return answer;
}

// "null" leaves the whole response under the labels of its resource.
EXPORT(label_response)
int32_t label_response(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
  request request;
  int32_t answer = read_request(input, length, &request);
  if (answer != 0) return answer;

  document document;
  document_state state = DOCUMENT_NONE;
  if (request.tool != NULL && request.policy->private_attribute.bytes != NULL) {
    state = find_document(request.result, &document);
  }
  if (state == DOCUMENT_NO_MEMORY) return fail(ANSWER_NO_MEMORY, "response: no memory left for its document");
  if (state == DOCUMENT_NONE) {
    json_writer writer = {.bytes = output, .capacity = capacity};
    write_raw(&writer, TEXT("null"));
    return written_answer(&writer);
  }
  answer = label_document(&request, document.root, output, capacity);
  free(document.bytes);
  return answer;
}
