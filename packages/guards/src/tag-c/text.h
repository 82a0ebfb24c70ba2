// Runs of bytes that know their length: JSON strings may hold NUL.

#ifndef TAG_TEXT_H
#define TAG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
  const uint8_t *bytes; // NULL for a text that is not there
  size_t length;
} text;

// A text that is written in the program.
#define TEXT(literal) ((text){(const uint8_t *)(literal), sizeof(literal) - 1})

static inline bool text_equals(text a, text b) {
  return a.length == b.length && memcmp(a.bytes, b.bytes, a.length) == 0;
}

#endif
