/* SPDX-License-Identifier: MIT */
/*
 * page_pool: which pages of one reserved range are in use. Behind the shim's mmap, so that the libc's malloc does not
 * make a kernel call for every small mapping. Pure bookkeeping: it never touches the pages. The caller locks.
 *
 * A page is free or taken; a free page that was taken before is dirty until somebody says it was cleared. Retired
 * pages (their protection was changed) stay taken for ever.
 */
#ifndef LICHEN_RUNTIME_PAGE_POOL_H
#define LICHEN_RUNTIME_PAGE_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_POOL_PAGES 16384u

struct page_pool {
	uint64_t taken[PAGE_POOL_PAGES / 64];
	uint64_t dirty[PAGE_POOL_PAGES / 64];
	uint64_t retired[PAGE_POOL_PAGES / 64];
	uint32_t hint; /* no free page lies below */
};

#define PAGE_POOL_NONE UINT32_MAX

/* First page of `count` free neighbours, now taken; PAGE_POOL_NONE when there are none. */
uint32_t page_pool_take(struct page_pool *pool, uint32_t count);
/* Gives taken pages back; the others of the range, and retired ones, stay as they are. They are dirty now. */
void page_pool_give(struct page_pool *pool, uint32_t first, uint32_t count);
bool page_pool_is_dirty(const struct page_pool *pool, uint32_t page);
/* The pages read as zeros again. */
void page_pool_cleared(struct page_pool *pool, uint32_t first, uint32_t count);
void page_pool_retire(struct page_pool *pool, uint32_t first, uint32_t count);

#endif
