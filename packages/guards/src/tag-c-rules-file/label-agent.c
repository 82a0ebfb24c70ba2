// label_agent of a tag guard whose rules are in a file, and not in its policy: for hosts that give guards files.

#include "agent-answer.h"

#include <stdio.h>
#include <stdlib.h>

// Where the rules are, unless the environment says otherwise.
#define RULES_PATH "/etc/tag-rules.json"
#define RULES_VARIABLE "TAG_RULES"

enum { MAX_RULES_BYTES = 1 << 20 };

// The whole file, to be freed by the caller; NULL where it is not there, or is too large.
static uint8_t *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return NULL;
  uint8_t *bytes = malloc(MAX_RULES_BYTES + 1);
  if (bytes != NULL) *length = fread(bytes, 1, MAX_RULES_BYTES + 1, file);
  bool failed = bytes == NULL || ferror(file) || *length > MAX_RULES_BYTES;
  fclose(file);
  if (!failed) return bytes;
  free(bytes);
  return NULL;
}

EXPORT(label_agent)
int32_t label_agent(const uint8_t *input, size_t length, uint8_t *output, size_t capacity) {
  (void)input; // Whatever the policy says, the file decides.
  (void)length;
  drop_policy();
  const char *path = getenv(RULES_VARIABLE);
  size_t size = 0;
  uint8_t *rules = read_file(path == NULL ? RULES_PATH : path, &size);
  if (rules == NULL) return fail(ANSWER_POLICY_REFUSED, "policy: the file with the rules cannot be read");
  json_value root;
  int32_t answer = json_parse(rules, size, &root)
                       ? adopt_policy(root, output, capacity)
                       : fail(ANSWER_MALFORMED_INPUT, "policy: the rules are not JSON, or nest too deeply");
  free(rules); // The policy has copies.
  return answer;
}
