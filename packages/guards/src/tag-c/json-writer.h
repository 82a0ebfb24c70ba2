// Writes JSON into a buffer of fixed size and counts what does not fit, so that one pass tells the size it needs.

#ifndef TAG_JSON_WRITER_H
#define TAG_JSON_WRITER_H

#include "text.h"

typedef struct {
  uint8_t *bytes;
  size_t capacity;
  uint64_t length; // of everything written, beyond `capacity` too
} json_writer;

void write_raw(json_writer *writer, text raw);

// In quotes, escaped.
void write_string(json_writer *writer, text string);

void write_number(json_writer *writer, uint32_t number);

// What a label function returns for what was written: its length, or -2 with the size it needs in the buffer.
int32_t written_answer(const json_writer *writer);

#endif
