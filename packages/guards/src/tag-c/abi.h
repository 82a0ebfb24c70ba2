// The guard ABI as C sees it: what the host provides, and what the label functions answer.

#ifndef TAG_ABI_H
#define TAG_ABI_H

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))
#define IMPORT(name) __attribute__((import_module("env"), import_name(#name)))

// Answers of a label function below zero. Except for the first, which the ABI fixes, they are the guard's own.
enum {
  ANSWER_TOO_LARGE = -2,
  ANSWER_MALFORMED_INPUT = -3,
  ANSWER_POLICY_REFUSED = -4,
  ANSWER_NO_POLICY = -5,
  ANSWER_BACKEND_FAILED = -6,
  ANSWER_NO_MEMORY = -7,
};

enum { LOG_ERROR = 3 };

// Bytes written to `result`, or -1, or -2 with the size it needs in its first four bytes.
IMPORT(call_backend)
int32_t call_backend(const uint8_t *name, size_t name_length, const uint8_t *args, size_t args_length,
                     uint8_t *result, size_t capacity);

IMPORT(host_log)
void host_log(int32_t level, const char *message, size_t length);

// Logs `message`, which must hold no part of the input, and returns `answer`.
int32_t fail(int32_t answer, const char *message);

#endif
