/* SPDX-License-Identifier: MIT */
/*
 * Memory for the state: zeroed pieces of the arena, one range of memory that outlives the server. Nothing else of vfs
 * allocates. Where the arena lies, it must lie again: pieces hold pointers to each other.
 * The unit tests put the host's malloc behind store_allocate and let it fail at each place in turn.
 */
#ifndef LICHEN_VFS_STORE_H
#define LICHEN_VFS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NULL when there is none. */
void *store_allocate(size_t bytes);
/* `bytes` as asked for at allocation; NULL is allowed. */
void store_free(void *memory, size_t bytes);

/* Pages of the arena that hold nothing any more and may read as zeros from now on. */
typedef void store_release(uint64_t page, uint64_t count);
/* Pages of the arena that are to be touched: make them present; false: there is no memory. */
typedef bool store_commit(uint64_t page, uint64_t count);
/* Uses the range: laid out when it is all zeros, else as it was left. False: it was left by another version or size. */
bool store_start(void *base, uint64_t pages, store_release *release, store_commit *commit);
/* A word of the arena for the root of what is kept in it; NULL at first. */
void **store_root(void);

#endif
