/* SPDX-License-Identifier: MIT */
/*
 * Slabs over the arena's page runs.
 *
 * The arena begins with its header, then one descriptor for each page it may ever have, then pages. A slab page is
 * cut into objects of one kind; a free object's first word links to the next. A page with room is on its kind's
 * list; one that becomes empty goes back to the runs. Invariants: a page is listed if and only if it has both room and
 * use; freed memory is cleared when it is handed out again.
 */
#include "core/slab.h"

#include <assert.h>
#include <string.h>
#include "core/errno.h"
#include "core/lock.h"
#include "core/page_runs.h"

#define ARENA_MAGIC 0x31616e657261ull /* "arena1" */
#define ARENA_VERSION 1u
#define PAGE_BYTES 4096u
#define GROWTH_PAGES 64u
#define CLASS_COUNT 11u

static const uint16_t class_bytes[CLASS_COUNT] = { 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2048 };

struct arena {
	uint64_t magic;
	uint32_t version;
	struct lock lock;
	uint64_t pages;
	struct page_runs runs;
	uint32_t partial[CLASS_COUNT];
	struct page_descriptor descriptors[];
};

static struct arena *arena;
static slab_commit *commit_memory;

static uint8_t *page_address(uint32_t page)
{
	return (uint8_t *)arena + (uint64_t)page * PAGE_BYTES;
}

static bool arena_lay_out(struct arena *fresh, uint64_t pages)
{
	uint64_t header = sizeof(*fresh) + pages * sizeof(struct page_descriptor);
	uint64_t first = (header + PAGE_BYTES - 1) / PAGE_BYTES;
	if (!commit_memory(fresh, first * PAGE_BYTES))
		return false;
	fresh->pages = pages;
	fresh->version = ARENA_VERSION;
	lock_init(&fresh->lock, RANK_ALLOCATOR);
	page_runs_init(&fresh->runs, fresh->descriptors, first, first);
	for (uint32_t kind = 0; kind < CLASS_COUNT; kind++)
		fresh->partial[kind] = RUN_NONE;
	fresh->magic = ARENA_MAGIC;
	return true;
}

int slab_init(void *base, uint64_t pages, slab_commit *commit)
{
	struct arena *found = base;
	commit_memory = commit;
	if (!commit(base, PAGE_BYTES) || (!found->magic && !arena_lay_out(found, pages)))
		return -ENOMEM;
	if (found->magic != ARENA_MAGIC || found->version != ARENA_VERSION || found->pages != pages)
		return -EINVAL;
	arena = found;
	arena->lock.word = 0;
	return 0;
}

static uint32_t class_of(size_t bytes)
{
	uint32_t kind = 0;
	while (kind < CLASS_COUNT && class_bytes[kind] < bytes)
		kind++;
	return kind;
}

static uint32_t order_of(size_t bytes)
{
	uint32_t order = 0;
	while (((uint64_t)PAGE_BYTES << order) < bytes)
		order++;
	return order;
}

/* More committed pages, enough for a run of 2^order, or what is left. */
static bool arena_grow(uint32_t order)
{
	struct page_runs *runs = &arena->runs;
	uint64_t step = 1ull << order < GROWTH_PAGES ? GROWTH_PAGES : 1ull << order;
	uint64_t end = (runs->count + step - 1) / step * step + step;
	if (end > arena->pages)
		end = arena->pages;
	uint64_t bytes = (end - runs->count) * PAGE_BYTES;
	if (!bytes || !commit_memory(page_address((uint32_t)runs->count), bytes))
		return false;
	page_runs_extend(runs, end);
	return true;
}

static uint32_t run_take(uint32_t order)
{
	uint32_t page = page_run_allocate(&arena->runs, order);
	while (page == RUN_NONE && arena_grow(order))
		page = page_run_allocate(&arena->runs, order);
	return page;
}

/* A fresh slab page: all objects linked, on its kind's list. */
static uint32_t slab_add_page(uint32_t kind)
{
	uint32_t page = run_take(0), bytes = class_bytes[kind];
	if (page == RUN_NONE)
		return RUN_NONE;
	struct page_descriptor *descriptor = &arena->descriptors[page];
	uint32_t last = PAGE_BYTES / bytes - 1;
	for (uint32_t i = 0; i <= last; i++)
		*(uint32_t *)(page_address(page) + i * bytes) = i == last ? RUN_NONE : (i + 1) * bytes;
	descriptor->use = PAGE_USE_SLAB;
	descriptor->free_object = 0;
	descriptor->objects = 0;
	page_list_push(&arena->runs, &arena->partial[kind], page);
	return page;
}

static void *slab_take(uint32_t kind)
{
	uint32_t page = arena->partial[kind];
	if (page == RUN_NONE)
		page = slab_add_page(kind);
	if (page == RUN_NONE)
		return NULL;
	struct page_descriptor *descriptor = &arena->descriptors[page];
	uint8_t *object = page_address(page) + descriptor->free_object;
	descriptor->free_object = *(uint32_t *)object;
	descriptor->objects++;
	if (descriptor->free_object == RUN_NONE)
		page_list_remove(&arena->runs, &arena->partial[kind], page);
	return object;
}

static void slab_give(uint32_t kind, uint32_t page, uint8_t *object)
{
	struct page_descriptor *descriptor = &arena->descriptors[page];
	assert(descriptor->use == PAGE_USE_SLAB && descriptor->objects);
	if (descriptor->free_object == RUN_NONE)
		page_list_push(&arena->runs, &arena->partial[kind], page);
	*(uint32_t *)object = descriptor->free_object;
	descriptor->free_object = (uint32_t)(object - page_address(page));
	if (!--descriptor->objects) {
		page_list_remove(&arena->runs, &arena->partial[kind], page);
		page_run_free(&arena->runs, page);
	}
}

void *slab_allocate(size_t bytes)
{
	uint32_t kind = class_of(bytes);
	void *block;
	if (bytes > SLAB_BYTES_MAX)
		return NULL;
	lock_acquire(&arena->lock);
	if (kind < CLASS_COUNT) {
		block = slab_take(kind);
	} else {
		uint32_t page = run_take(order_of(bytes));
		block = page == RUN_NONE ? NULL : page_address(page);
	}
	lock_release(&arena->lock);
	return block ? memset(block, 0, bytes) : NULL;
}

void slab_free(void *block, size_t bytes)
{
	uint32_t kind = class_of(bytes);
	if (!block)
		return;
	uint32_t page = (uint32_t)(((uint8_t *)block - (uint8_t *)arena) / PAGE_BYTES);
	lock_acquire(&arena->lock);
	if (kind < CLASS_COUNT) {
		slab_give(kind, page, block);
	} else {
		assert(arena->descriptors[page].use == PAGE_USE_RUN &&
		       arena->descriptors[page].order == order_of(bytes));
		page_run_free(&arena->runs, page);
	}
	lock_release(&arena->lock);
}

uint64_t slab_pages_used(void)
{
	return arena->runs.used;
}

uint64_t slab_pages_total(void)
{
	return arena->pages - arena->runs.first;
}
