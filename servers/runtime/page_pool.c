/* SPDX-License-Identifier: MIT */
/*
 * page_pool: see page_pool.h. First fit over a bitmap, from the lowest page that may be free.
 */
#include "runtime/page_pool.h"

static bool bit_get(const uint64_t *bits, uint32_t page)
{
	return (bits[page / 64] >> (page % 64) & 1) != 0;
}

static void bit_set(uint64_t *bits, uint32_t page)
{
	bits[page / 64] |= 1ull << (page % 64);
}

static void bit_clear(uint64_t *bits, uint32_t page)
{
	bits[page / 64] &= ~(1ull << (page % 64));
}

/* Pages of the range, cut off at the pool's end. */
static uint32_t range_end(uint32_t first, uint32_t count)
{
	if (first >= PAGE_POOL_PAGES)
		return first;
	return count > PAGE_POOL_PAGES - first ? PAGE_POOL_PAGES : first + count;
}

static uint32_t find_free(const struct page_pool *pool, uint32_t count)
{
	uint32_t run = 0;

	for (uint32_t page = pool->hint; page < PAGE_POOL_PAGES; page++) {
		run = bit_get(pool->taken, page) ? 0 : run + 1;
		if (run == count)
			return page + 1 - count;
	}
	return PAGE_POOL_NONE;
}

uint32_t page_pool_take(struct page_pool *pool, uint32_t count)
{
	uint32_t first = count == 0 ? PAGE_POOL_NONE : find_free(pool, count);

	if (first == PAGE_POOL_NONE)
		return first;
	for (uint32_t page = first; page < first + count; page++)
		bit_set(pool->taken, page);
	if (first == pool->hint)
		pool->hint = first + count;
	return first;
}

void page_pool_give(struct page_pool *pool, uint32_t first, uint32_t count)
{
	for (uint32_t page = first; page < range_end(first, count); page++) {
		if (!bit_get(pool->taken, page) || bit_get(pool->retired, page))
			continue;
		bit_clear(pool->taken, page);
		bit_set(pool->dirty, page);
		if (page < pool->hint)
			pool->hint = page;
	}
}

bool page_pool_is_dirty(const struct page_pool *pool, uint32_t page)
{
	return bit_get(pool->dirty, page);
}

void page_pool_cleared(struct page_pool *pool, uint32_t first, uint32_t count)
{
	for (uint32_t page = first; page < range_end(first, count); page++)
		bit_clear(pool->dirty, page);
}

void page_pool_retire(struct page_pool *pool, uint32_t first, uint32_t count)
{
	for (uint32_t page = first; page < range_end(first, count); page++) {
		bit_set(pool->taken, page);
		bit_set(pool->retired, page);
	}
}
