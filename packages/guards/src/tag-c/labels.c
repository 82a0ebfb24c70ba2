#include "labels.h"

static void write_tag(json_writer *writer, text tag, bool *first) {
  if (!*first) write_raw(writer, TEXT(","));
  *first = false;
  write_string(writer, tag);
}

void write_tags(json_writer *writer, tag_list list) {
  bool first = true;
  write_raw(writer, TEXT("["));
  for (size_t i = 0; i < list.count; i++) write_tag(writer, list.tags[i], &first);
  write_raw(writer, TEXT("]"));
}

void write_labels(json_writer *writer, const policy *policy, tag_list secrecy, tag_list integrity, visibility visibility) {
  bool first = true;
  write_raw(writer, TEXT("\"secrecy\":["));
  for (size_t i = 0; i < secrecy.count; i++) {
    text tag = secrecy.tags[i];
    if (visibility == VISIBILITY_UNKNOWN || !text_equals(tag, policy->private_tag)) write_tag(writer, tag, &first);
  }
  if (visibility == VISIBILITY_PRIVATE) write_tag(writer, policy->private_tag, &first);
  write_raw(writer, TEXT("],\"integrity\":"));
  write_tags(writer, integrity);
}
