// Memory that lives as long as the policy.

#ifndef TAG_POLICY_MEMORY_H
#define TAG_POLICY_MEMORY_H

#include <stddef.h>

// NULL when there is no memory left.
void *policy_alloc(size_t count, size_t size);

void policy_free_all(void);

#endif
