// What label_resource and label_response are asked about.

#ifndef TAG_REQUEST_H
#define TAG_REQUEST_H

#include "policy.h"

typedef struct {
  const policy *policy;
  const tool *tool; // NULL for one that the policy does not list
  json_value args;  // an object, or absent
  json_value result;
} request;

// Returns 0, or a negative answer after the reason was logged.
int32_t read_request(const uint8_t *input, size_t length, request *request);

#endif
