#include "policy.h"

#include "abi.h"
#include "policy-memory.h"

static policy state;
static bool is_set;

const policy *current_policy(void) {
  return is_set ? &state : NULL;
}

static int32_t no_memory(void) {
  return fail(ANSWER_NO_MEMORY, "policy: no memory left");
}

static int32_t refuse(const char *why) {
  return fail(ANSWER_POLICY_REFUSED, why);
}

static bool is_one_of(json_value string, size_t count, const text choices[], text *choice) {
  for (size_t i = 0; i < count; i++) {
    if (!json_says(string, choices[i])) continue;
    *choice = choices[i];
    return true;
  }
  return false;
}

static int32_t read_text(json_value string, text *result) {
  uint8_t *bytes = policy_alloc(json_decoded_bound(string), 1);
  if (bytes == NULL) return no_memory();
  *result = (text){bytes, json_decode(string, bytes)};
  return 0;
}

static bool contains(tag_list list, text tag) {
  for (size_t i = 0; i < list.count; i++) {
    if (text_equals(list.tags[i], tag)) return true;
  }
  return false;
}

// Hosts trim tags and give "*" a meaning of its own; what passes here means the same everywhere.
static bool is_tag(text tag) {
  for (size_t i = 0; i < tag.length; i++) {
    if (tag.bytes[i] <= 0x20 || tag.bytes[i] >= 0x7f) return false;
  }
  return tag.length > 0 && !text_equals(tag, TEXT("*"));
}

static size_t count_elements(json_value array) {
  size_t count = 0;
  for (json_cursor cursor = json_enter(array); json_next(&cursor);) count++;
  return count;
}

// A missing list is refused rather than taken for an empty one: that would make things public.
static int32_t read_tags(json_value array, tag_list *list, const char *why) {
  if (json_kind_of(array) != JSON_ARRAY) return refuse(why);
  size_t count = count_elements(array);
  *list = (tag_list){policy_alloc(count, sizeof(text)), 0};
  if (list->tags == NULL) return no_memory();
  for (json_cursor cursor = json_enter(array); json_next(&cursor);) {
    if (json_kind_of(cursor.value) != JSON_STRING) return refuse(why);
    text tag;
    int32_t answer = read_text(cursor.value, &tag);
    if (answer != 0) return answer;
    if (!is_tag(tag)) return refuse(why);
    if (!contains(*list, tag)) list->tags[list->count++] = tag;
  }
  return 0;
}

// Leaves `result` absent when `value` is.
static int32_t read_optional_name(json_value value, text *result, const char *why) {
  if (json_kind_of(value) == JSON_ABSENT) return 0;
  if (json_kind_of(value) != JSON_STRING || json_decoded_bound(value) == 0) return refuse(why);
  return read_text(value, result);
}

static int32_t read_agent(json_value agent, policy *policy) {
  enum { SECRECY, INTEGRITY, COUNT };
  const text names[COUNT] = {TEXT("secrecy"), TEXT("integrity")};
  json_value values[COUNT];
  if (json_kind_of(agent) != JSON_OBJECT || !json_members(agent, JSON_CLOSED, COUNT, names, values)) {
    return refuse("policy: tags.agent must be an object of secrecy and integrity, each once");
  }
  int32_t answer =
      read_tags(values[SECRECY], &policy->agent_secrecy, "policy: tags.agent.secrecy must be an array of tags");
  if (answer != 0) return answer;
  return read_tags(values[INTEGRITY], &policy->agent_integrity, "policy: tags.agent.integrity must be an array of tags");
}

static int32_t read_tool(json_value value, policy *policy) {
  enum { NAME, OPERATION, SECRECY, INTEGRITY, COUNT };
  const text names[COUNT] = {TEXT("name"), TEXT("operation"), TEXT("secrecy"), TEXT("integrity")};
  const text operations[] = {TEXT("read"), TEXT("write"), TEXT("read-write")};
  json_value values[COUNT];
  if (json_kind_of(value) != JSON_OBJECT || !json_members(value, JSON_CLOSED, COUNT, names, values)) {
    return refuse("policy: an entry of tags.tools must be an object of name, operation, secrecy and integrity, each once");
  }
  if (json_kind_of(values[NAME]) != JSON_STRING || json_decoded_bound(values[NAME]) == 0) {
    return refuse("policy: the name of an entry of tags.tools must be a string with something in it");
  }
  if (find_tool(policy, values[NAME]) != NULL) return refuse("policy: tags.tools lists a tool twice");
  tool *entry = &policy->tools[policy->tool_count];
  if (json_kind_of(values[OPERATION]) != JSON_STRING || !is_one_of(values[OPERATION], 3, operations, &entry->operation)) {
    return refuse("policy: the operation of an entry of tags.tools must be read, write or read-write");
  }
  int32_t answer = read_text(values[NAME], &entry->name);
  if (answer != 0) return answer;
  answer = read_tags(values[SECRECY], &entry->secrecy, "policy: the secrecy of an entry of tags.tools must be an array of tags");
  if (answer != 0) return answer;
  answer =
      read_tags(values[INTEGRITY], &entry->integrity, "policy: the integrity of an entry of tags.tools must be an array of tags");
  if (answer != 0) return answer;
  policy->tool_count++;
  return 0;
}

static int32_t read_tools(json_value array, policy *policy) {
  if (json_kind_of(array) != JSON_ARRAY) return refuse("policy: tags.tools must be an array");
  policy->tools = policy_alloc(count_elements(array), sizeof(tool));
  if (policy->tools == NULL) return no_memory();
  size_t tags = 0;
  for (json_cursor cursor = json_enter(array); json_next(&cursor);) {
    int32_t answer = read_tool(cursor.value, policy);
    if (answer != 0) return answer;
    tags += policy->tools[policy->tool_count - 1].secrecy.count;
  }
  policy->every_secrecy = (tag_list){policy_alloc(tags, sizeof(text)), 0};
  if (policy->every_secrecy.tags == NULL) return no_memory();
  for (size_t i = 0; i < policy->tool_count; i++) {
    tag_list secrecy = policy->tools[i].secrecy;
    for (size_t j = 0; j < secrecy.count; j++) {
      tag_list *every = &policy->every_secrecy;
      if (!contains(*every, secrecy.tags[j])) every->tags[every->count++] = secrecy.tags[j];
    }
  }
  return 0;
}

static int32_t read_privacy(json_value tag, json_value tool, json_value attribute, policy *policy) {
  int32_t answer = read_optional_name(tag, &policy->private_tag, "policy: tags.privateTag must be a tag");
  if (answer != 0) return answer;
  answer = read_optional_name(tool, &policy->visibility_tool,
                              "policy: tags.visibilityTool must be a string with something in it");
  if (answer != 0) return answer;
  answer = read_optional_name(attribute, &policy->private_attribute,
                              "policy: tags.privateAttribute must be a string with something in it");
  if (answer != 0) return answer;
  bool used = policy->visibility_tool.bytes != NULL || policy->private_attribute.bytes != NULL;
  bool named = policy->private_tag.bytes != NULL;
  if (named && !is_tag(policy->private_tag)) return refuse("policy: tags.privateTag must be a tag");
  if (used == named) return 0;
  return refuse("policy: tags.privateTag goes with tags.visibilityTool or tags.privateAttribute, and they with it");
}

static int32_t read_policy(json_value root, policy *policy) {
  enum { MODE, AGENT, TOOLS, PRIVATE_TAG, VISIBILITY_TOOL, PRIVATE_ATTRIBUTE, COUNT };
  const text names[COUNT] = {TEXT("mode"),       TEXT("agent"),          TEXT("tools"),
                             TEXT("privateTag"), TEXT("visibilityTool"), TEXT("privateAttribute")};
  const text envelope[] = {TEXT("tags")};
  const text modes[] = {TEXT("strict"), TEXT("filter"), TEXT("propagate")};
  json_value tags;
  json_value values[COUNT];
  if (json_kind_of(root) != JSON_OBJECT || !json_members(root, JSON_CLOSED, 1, envelope, &tags) ||
      json_kind_of(tags) != JSON_OBJECT) {
    return refuse("policy: it must be an object whose only member is tags, an object");
  }
  if (!json_members(tags, JSON_CLOSED, COUNT, names, values)) {
    return refuse("policy: tags has an unknown member, or one twice");
  }
  if (json_kind_of(values[MODE]) != JSON_STRING || !is_one_of(values[MODE], 3, modes, &policy->mode)) {
    return refuse("policy: tags.mode must be strict, filter or propagate");
  }
  int32_t answer = read_agent(values[AGENT], policy);
  if (answer != 0) return answer;
  answer = read_tools(values[TOOLS], policy);
  if (answer != 0) return answer;
  return read_privacy(values[PRIVATE_TAG], values[VISIBILITY_TOOL], values[PRIVATE_ATTRIBUTE], policy);
}

void drop_policy(void) {
  policy_free_all();
  state = (policy){0};
  is_set = false;
}

int32_t set_policy(json_value root) {
  drop_policy();
  int32_t answer = read_policy(root, &state);
  is_set = answer == 0;
  return answer;
}

const tool *find_tool(const policy *policy, json_value name) {
  for (size_t i = 0; i < policy->tool_count; i++) {
    if (json_says(name, policy->tools[i].name)) return &policy->tools[i];
  }
  return NULL;
}
