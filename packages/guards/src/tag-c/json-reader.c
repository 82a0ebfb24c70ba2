#include "json-reader.h"

#include "json-check.h"

bool json_parse(const uint8_t *bytes, size_t length, json_value *root) {
  const uint8_t *end = bytes + length;
  root->start = json_skip_space(bytes, end);
  root->end = json_check(root->start, end, JSON_MAX_DEPTH);
  return root->end != NULL && json_skip_space(root->end, end) == end;
}

json_kind json_kind_of(json_value value) {
  if (value.start == NULL) return JSON_ABSENT;
  switch (*value.start) {
    case '{':
      return JSON_OBJECT;
    case '[':
      return JSON_ARRAY;
    case '"':
      return JSON_STRING;
    case 't':
      return JSON_TRUE;
    case 'f':
      return JSON_FALSE;
    case 'n':
      return JSON_NULL;
    default:
      return JSON_NUMBER;
  }
}

// From here on the bytes are known to be JSON, which always ends where it should.

static const uint8_t *string_end(const uint8_t *at) {
  for (at++; *at != '"'; at++) {
    if (*at == '\\') at++;
  }
  return at + 1;
}

static const uint8_t *container_end(const uint8_t *at) {
  unsigned depth = 0;
  do {
    if (*at == '"') {
      at = string_end(at);
      continue;
    }
    if (*at == '{' || *at == '[') depth++;
    if (*at == '}' || *at == ']') depth--;
    at++;
  } while (depth > 0);
  return at;
}

static json_value value_at(const uint8_t *at) {
  json_value value = {at, at};
  if (*at == '"') value.end = string_end(at);
  else if (*at == '{' || *at == '[') value.end = container_end(at);
  else while (*value.end != ',' && *value.end != '}' && *value.end != ']' && !json_is_space(*value.end)) value.end++;
  return value;
}

// Skips the punctuation between two values, which says nothing once the grammar is checked.
static const uint8_t *skip_between(const uint8_t *at) {
  while (*at == ',' || *at == ':' || json_is_space(*at)) at++;
  return at;
}

json_cursor json_enter(json_value container) {
  return (json_cursor){.next = container.start};
}

bool json_next(json_cursor *cursor) {
  // The first step goes over the bracket, later ones over what was read before.
  const uint8_t *at = cursor->next;
  bool first = cursor->value.start == NULL;
  bool object = first ? *at == '{' : cursor->key.start != NULL;
  at = skip_between(first ? at + 1 : at);
  if (*at == '}' || *at == ']') return false;
  if (object) {
    cursor->key = value_at(at);
    at = skip_between(cursor->key.end);
  }
  cursor->value = value_at(at);
  cursor->next = cursor->value.end;
  return true;
}

bool json_members(json_value object, json_strictness strictness, size_t count, const text names[], json_value values[]) {
  for (size_t i = 0; i < count; i++) values[i] = (json_value){NULL, NULL};
  for (json_cursor cursor = json_enter(object); json_next(&cursor);) {
    size_t i = 0;
    while (i < count && !json_says(cursor.key, names[i])) i++;
    if (i == count && strictness == JSON_CLOSED) return false;
    if (i == count) continue;
    if (values[i].start != NULL) return false;
    values[i] = cursor.value;
  }
  return true;
}

static uint32_t hex4(const uint8_t *at) {
  uint32_t number = 0;
  for (int i = 0; i < 4; i++) number = number << 4 | (at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10u);
  return number;
}

// The code point of a \u escape whose digits stand at `*at`, with the second half of a surrogate pair.
static uint32_t read_unicode_escape(const uint8_t **at) {
  uint32_t code = hex4(*at);
  *at += 4;
  if (code < 0xd800 || code > 0xdfff) return code;
  if (code <= 0xdbff && (*at)[0] == '\\' && (*at)[1] == 'u') {
    uint32_t low = hex4(*at + 2);
    if (low >= 0xdc00 && low <= 0xdfff) {
      *at += 6;
      return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
  }
  return 0xfffd;
}

static size_t write_utf8(uint32_t code, uint8_t out[4]) {
  if (code < 0x80) {
    out[0] = (uint8_t)code;
    return 1;
  }
  size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  static const uint8_t leads[] = {0, 0xc0, 0xe0, 0xf0};
  for (size_t i = more; i > 0; i--, code >>= 6) out[i] = 0x80 | (code & 0x3f);
  out[0] = leads[more] | (uint8_t)code;
  return more + 1;
}

// Decodes the byte or the escape at `*at`, steps over it, and returns how many bytes it became.
static size_t decode_step(const uint8_t **at, uint8_t out[4]) {
  uint8_t byte = *(*at)++;
  if (byte == '\\') {
    byte = *(*at)++;
    switch (byte) {
      case 'b': byte = '\b'; break;
      case 'f': byte = '\f'; break;
      case 'n': byte = '\n'; break;
      case 'r': byte = '\r'; break;
      case 't': byte = '\t'; break;
      case 'u': return write_utf8(read_unicode_escape(at), out);
      default: break; // stands for itself
    }
  }
  out[0] = byte;
  return 1;
}

bool json_says(json_value string, text expected) {
  size_t matched = 0;
  for (const uint8_t *at = string.start + 1; at < string.end - 1;) {
    uint8_t unit[4];
    size_t length = decode_step(&at, unit);
    if (expected.length - matched < length || memcmp(unit, expected.bytes + matched, length) != 0) return false;
    matched += length;
  }
  return matched == expected.length;
}

size_t json_decoded_bound(json_value string) {
  return (size_t)(string.end - string.start) - 2;
}

size_t json_decode(json_value string, uint8_t *out) {
  size_t length = 0;
  for (const uint8_t *at = string.start + 1; at < string.end - 1;) {
    uint8_t unit[4];
    size_t more = decode_step(&at, unit);
    memcpy(out + length, unit, more);
    length += more;
  }
  return length;
}
