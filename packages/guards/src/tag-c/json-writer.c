#include "json-writer.h"

#include "abi.h"

void write_raw(json_writer *writer, text raw) {
  if (writer->length + raw.length <= writer->capacity) {
    memcpy(writer->bytes + writer->length, raw.bytes, raw.length);
  }
  writer->length += raw.length;
}

void write_string(json_writer *writer, text string) {
  static const char digits[] = "0123456789abcdef";
  write_raw(writer, TEXT("\""));
  for (size_t i = 0; i < string.length; i++) {
    uint8_t byte = string.bytes[i];
    uint8_t control[] = {'\\', 'u', '0', '0', (uint8_t)digits[byte >> 4], (uint8_t)digits[byte & 15]};
    if (byte < 0x20) {
      write_raw(writer, (text){control, sizeof control});
      continue;
    }
    if (byte == '"' || byte == '\\') write_raw(writer, TEXT("\\"));
    write_raw(writer, (text){&byte, 1});
  }
  write_raw(writer, TEXT("\""));
}

void write_number(json_writer *writer, uint32_t number) {
  uint8_t digits[10];
  size_t at = sizeof digits;
  do {
    digits[--at] = (uint8_t)('0' + number % 10);
    number /= 10;
  } while (number > 0);
  write_raw(writer, (text){digits + at, sizeof digits - at});
}

int32_t written_answer(const json_writer *writer) {
  if (writer->length <= writer->capacity) return (int32_t)writer->length;
  uint32_t needed = writer->length > UINT32_MAX ? UINT32_MAX : (uint32_t)writer->length;
  for (size_t i = 0; i < 4 && writer->capacity >= 4; i++) writer->bytes[i] = (uint8_t)(needed >> (8 * i));
  return ANSWER_TOO_LARGE;
}
