// The grammar of JSON.

#ifndef TAG_JSON_CHECK_H
#define TAG_JSON_CHECK_H

#include <stdbool.h>
#include <stdint.h>

bool json_is_space(uint8_t byte);

// The end of the value that starts at `at`, or NULL when none does or more than `depth` containers are open at once.
const uint8_t *json_check(const uint8_t *at, const uint8_t *end, unsigned depth);

// The first byte that is not space.
const uint8_t *json_skip_space(const uint8_t *at, const uint8_t *end);

#endif
