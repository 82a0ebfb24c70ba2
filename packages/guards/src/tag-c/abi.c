#include "abi.h"

#include <stdlib.h>
#include <string.h>

EXPORT(alloc)
void *guard_alloc(size_t size) {
  return malloc(size == 0 ? 1 : size);
}

EXPORT(dealloc)
void guard_dealloc(void *pointer, size_t size) {
  (void)size; // malloc remembers
  free(pointer);
}

int32_t fail(int32_t answer, const char *message) {
  host_log(LOG_ERROR, message, strlen(message));
  return answer;
}
