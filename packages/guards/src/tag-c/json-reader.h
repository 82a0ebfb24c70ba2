// A strict JSON reader (RFC 8259, UTF-8 only, bounded depth) that allocates nothing: json_parse checks the whole
// document once, and every json_value is a part of a checked document.

#ifndef TAG_JSON_READER_H
#define TAG_JSON_READER_H

#include "text.h"

// Arrays and objects that may be open at once. Each costs a stack frame while a document is checked.
enum { JSON_MAX_DEPTH = 64 };

// The bytes of one value without the space around it. `start` is NULL for a value that is not there.
typedef struct {
  const uint8_t *start;
  const uint8_t *end;
} json_value;

typedef enum { JSON_ABSENT, JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_kind;

// Whether members without a name in the list are ignored or refused.
typedef enum { JSON_OPEN, JSON_CLOSED } json_strictness;

// Walks over the elements of an array or the members of an object.
typedef struct {
  const uint8_t *next;
  json_value key; // absent in arrays
  json_value value;
} json_cursor;

// False when `bytes` are not one JSON document, or nest too deeply.
bool json_parse(const uint8_t *bytes, size_t length, json_value *root);

json_kind json_kind_of(json_value value);

// `container` is an array or an object.
json_cursor json_enter(json_value container);

// Moves to the next element or member. False when there is none.
bool json_next(json_cursor *cursor);

// Finds members of an object by their names. False when one of them appears twice: readers disagree on which one counts.
bool json_members(json_value object, json_strictness strictness, size_t count, const text names[], json_value values[]);

// Whether a string value says `expected`.
bool json_says(json_value string, text expected);

// Bytes that json_decode writes at most.
size_t json_decoded_bound(json_value string);

// Writes what a string value says as UTF-8 and returns its length. A lone surrogate becomes U+FFFD.
size_t json_decode(json_value string, uint8_t *out);

#endif
