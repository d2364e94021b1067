/* SPDX-License-Identifier: MIT */
/*
 * Memory for the state: zeroed pieces of the arena. Nothing else of vfs allocates.
 * store.c gives arena memory; the unit tests put the host's malloc here, and let it fail at each place in turn.
 */
#ifndef LICHEN_VFS_STORE_H
#define LICHEN_VFS_STORE_H

#include <stddef.h>

/* NULL when there is none. */
void *store_allocate(size_t bytes);
/* `bytes` as asked for at allocation; NULL is allowed. */
void store_free(void *memory, size_t bytes);

#endif
