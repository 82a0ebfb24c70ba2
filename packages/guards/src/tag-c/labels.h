// Labels in answers.

#ifndef TAG_LABELS_H
#define TAG_LABELS_H

#include "json-writer.h"
#include "policy.h"
#include "visibility.h"

// The tags as an array.
void write_tags(json_writer *writer, tag_list list);

// `"secrecy":[…],"integrity":[…]`, with the private tag in or out as `visibility` says, or as listed if unknown.
void write_labels(json_writer *writer, const policy *policy, tag_list secrecy, tag_list integrity, visibility visibility);

#endif
