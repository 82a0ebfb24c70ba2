#include "json-check.h"

#include <stddef.h>
#include <string.h>

enum { SPACE = 1, DIGIT = 2, HEX = 4, PLAIN = 8, ESCAPE = 16 };

// What each byte may be part of. Empty, so that nothing passes for JSON, until the constructor has run.
static uint8_t classes[256];

static void classify(const char *bytes, uint8_t class) {
  for (; *bytes != '\0'; bytes++) classes[(uint8_t)*bytes] |= class;
}

__attribute__((constructor)) static void build_classes(void) {
  classify(" \t\n\r", SPACE);
  classify("0123456789", DIGIT | HEX);
  classify("abcdefABCDEF", HEX);
  classify("\"\\/bfnrt", ESCAPE);
  for (unsigned byte = 0x20; byte < 0x80; byte++) classes[byte] |= PLAIN;
  classes['"'] &= (uint8_t)~PLAIN;
  classes['\\'] &= (uint8_t)~PLAIN;
}

static bool is(const uint8_t *at, const uint8_t *end, uint8_t class) {
  return at < end && (classes[*at] & class) != 0;
}

bool json_is_space(uint8_t byte) {
  return (classes[byte] & SPACE) != 0;
}

const uint8_t *json_skip_space(const uint8_t *at, const uint8_t *end) {
  while (is(at, end, SPACE)) at++;
  return at;
}

static const uint8_t *check_literal(const uint8_t *at, const uint8_t *end, const char *literal) {
  size_t length = strlen(literal);
  return (size_t)(end - at) >= length && memcmp(at, literal, length) == 0 ? at + length : NULL;
}

static const uint8_t *check_digits(const uint8_t *at, const uint8_t *end) {
  if (!is(at, end, DIGIT)) return NULL;
  while (is(at, end, DIGIT)) at++;
  return at;
}

static const uint8_t *check_number(const uint8_t *at, const uint8_t *end) {
  if (*at == '-') at++;
  if (at < end && *at == '0') at++;
  else at = check_digits(at, end);
  if (at != NULL && at < end && *at == '.') at = check_digits(at + 1, end);
  if (at != NULL && at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    at = check_digits(at, end);
  }
  return at;
}

// One character of more than a byte: no overlong form, no surrogate, nothing above U+10FFFF.
static const uint8_t *check_utf8(const uint8_t *at, const uint8_t *end) {
  uint8_t lead = *at;
  size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  if (lead < 0xc2 || lead > 0xf4 || (size_t)(end - at) <= more) return NULL;
  uint8_t low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  uint8_t high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (at[1] < low || at[1] > high) return NULL;
  for (size_t i = 2; i <= more; i++) {
    if ((at[i] & 0xc0) != 0x80) return NULL;
  }
  return at + more + 1;
}

static const uint8_t *check_escape(const uint8_t *at, const uint8_t *end) {
  if (is(at, end, ESCAPE)) return at + 1;
  if (at == end || *at != 'u') return NULL;
  for (int i = 1; i <= 4; i++) {
    if (!is(at + i, end, HEX)) return NULL;
  }
  return at + 5;
}

static const uint8_t *check_string(const uint8_t *at, const uint8_t *end) {
  if (at == end || *at != '"') return NULL;
  at++;
  while (at != NULL && at < end && *at != '"') {
    if (is(at, end, PLAIN)) at++;
    else if (*at == '\\') at = check_escape(at + 1, end);
    else at = check_utf8(at, end);
  }
  return at == NULL || at == end ? NULL : at + 1;
}

static const uint8_t *check_key(const uint8_t *at, const uint8_t *end) {
  at = check_string(at, end);
  if (at == NULL) return NULL;
  at = json_skip_space(at, end);
  return at < end && *at == ':' ? json_skip_space(at + 1, end) : NULL;
}

static const uint8_t *check_container(const uint8_t *at, const uint8_t *end, unsigned depth) {
  if (depth == 0) return NULL;
  bool object = *at == '{';
  uint8_t close = object ? '}' : ']';
  at = json_skip_space(at + 1, end);
  if (at < end && *at == close) return at + 1;
  for (;;) {
    if (object) at = check_key(at, end);
    if (at == NULL) return NULL;
    at = json_check(at, end, depth - 1);
    if (at == NULL) return NULL;
    at = json_skip_space(at, end);
    if (at == end) return NULL;
    if (*at == close) return at + 1;
    if (*at != ',') return NULL;
    at = json_skip_space(at + 1, end);
  }
}

const uint8_t *json_check(const uint8_t *at, const uint8_t *end, unsigned depth) {
  if (at == end) return NULL;
  switch (*at) {
    case '{':
    case '[':
      return check_container(at, end, depth);
    case '"':
      return check_string(at, end);
    case 't':
      return check_literal(at, end, "true");
    case 'f':
      return check_literal(at, end, "false");
    case 'n':
      return check_literal(at, end, "null");
    default:
      return check_number(at, end);
  }
}
