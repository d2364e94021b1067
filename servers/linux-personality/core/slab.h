/* SPDX-License-Identifier: MIT */
/*
 * Memory of the arena: all state that must outlive this server lies there.
 *
 * The arena is one memory object at a fixed address, so pointers into it stay good in the next instance. It holds no
 * pointer to a stack, a global or code. Sizes up to a page come from slabs of one size class each, more from runs of pages;
 * a block of 4096 bytes is a page of its own. The caller says the size again when freeing. What is handed out is committed
 * memory: where there is none the answer is NULL, never a fault.
 */
#ifndef LICHEN_PERSONALITY_SLAB_H
#define LICHEN_PERSONALITY_SLAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARENA_BASE 0x100000000000ull
#define ARENA_PAGES_MAX 262144ull /* 1 GiB */
#define SLAB_BYTES_MAX (4096ull << 10)

/* Make memory of the arena present, so that touching it cannot fail; false: there is none. */
typedef bool slab_commit(void *place, uint64_t bytes);
/* `pages` pages of address space are mapped at `base` and all zero, or hold an arena from before: attach to it or lay it out.
   Pages are committed as the arena grows. 0, -ENOMEM, or -EINVAL when what is there is no arena of this version. Once, before
   anything else here. */
int slab_init(void *base, uint64_t pages, slab_commit *commit);

/* Zeroed, aligned to the power of two below or at its size (at most a page), or NULL. At most SLAB_BYTES_MAX. */
void *slab_allocate(size_t bytes);
void slab_free(void *block, size_t bytes);

/* Pages in use and pages ever usable, for reports. */
uint64_t slab_pages_used(void);
uint64_t slab_pages_total(void);

#endif
