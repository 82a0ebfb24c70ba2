// The JSON document that an MCP tool result carries as text.

#ifndef TAG_TOOL_RESULT_H
#define TAG_TOOL_RESULT_H

#include "json-reader.h"

typedef struct {
  uint8_t *bytes; // to be freed
  json_value root;
} document;

typedef enum { DOCUMENT_FOUND, DOCUMENT_NONE, DOCUMENT_NO_MEMORY } document_state;

// Finds an object in the only content block of a result that is no error. Only then `found` has anything to free.
document_state find_document(json_value result, document *found);

#endif
