/* SPDX-License-Identifier: MIT */
/*
 * The arena: pages in runs of a power of two, and slabs of one page for small pieces.
 *
 * A freed run waits in a list for its size; a larger one is split where the list is empty, but halves are not joined
 * again: the only large pieces are tables that double, so each size comes and goes. A slab page starts with its header, so
 * a piece finds it by its address; a slab without pieces becomes a free run again.
 */
#include <assert.h>
#include <string.h>
#include "abi/types.h"
#include "store.h"

#define STORE_MAGIC 0x31726f7473736676ull /* "vfsstor1" */
#define RUN_ORDERS 32u
#define RELEASE_ORDER                                                                                        \
	4u /* runs of 16 pages and more are released, but for the first page, and committed again */
#define GROWTH_PAGES 64u
#define CLASS_COUNT 12u

static const uint16_t class_bytes[CLASS_COUNT] = { 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 2016 };

struct free_piece {
	struct free_piece *next;
};

struct slab {
	struct slab *next, *previous; /* among the slabs of its class with free pieces */
	struct free_piece *free;
	uint32_t used;
	uint32_t class;
};

struct store {
	uint64_t magic;
	uint64_t pages;
	uint64_t next_page; /* the first that was never used */
	uint64_t committed; /* pages from the start that were made present */
	void *root;
	struct free_piece *runs[RUN_ORDERS];
	struct slab *partial[CLASS_COUNT];
};

static struct store *store;
static store_release *release_pages;
static store_commit *commit_pages;

bool store_start(void *base, uint64_t pages, store_release *release, store_commit *commit)
{
	store = base;
	release_pages = release;
	commit_pages = commit;
	if (!commit(0, 1))
		return false;
	if (store->magic == 0) {
		store->pages = pages;
		store->next_page = store->committed = 1;
		store->magic = STORE_MAGIC;
	}
	return store->magic == STORE_MAGIC && store->pages == pages;
}

void **store_root(void)
{
	return &store->root;
}

static unsigned order_of(size_t bytes)
{
	uint64_t pages = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
	unsigned order = 0;

	while ((1ull << order) < pages)
		order++;
	return order;
}

static uint64_t page_number(const void *page)
{
	return (uint64_t)((const uint8_t *)page - (const uint8_t *)store) / PAGE_SIZE;
}

static void push_run(void *page, unsigned order)
{
	struct free_piece *run = page;

	run->next = store->runs[order];
	store->runs[order] = run;
}

/* Memory below a page number of the arena, a little more at once. */
static bool commit_up_to(uint64_t end)
{
	uint64_t more = end + GROWTH_PAGES < store->pages ? end + GROWTH_PAGES : store->pages;

	if (end <= store->committed)
		return true;
	if (!commit_pages(store->committed, more - store->committed))
		return false;
	store->committed = more;
	return true;
}

/* A run that was never used. */
static void *fresh_run(unsigned order)
{
	uint64_t page = store->next_page;

	if ((1ull << order) > store->pages - page || !commit_up_to(page + (1ull << order)))
		return NULL;
	store->next_page += 1ull << order;
	return (uint8_t *)store + page * PAGE_SIZE;
}

/* Takes the smallest free run that is large enough and frees what is too much of it. */
static void *split_run(unsigned order)
{
	unsigned from = order;
	struct free_piece *run;

	while (from < RUN_ORDERS && !store->runs[from])
		from++;
	if (from == RUN_ORDERS)
		return NULL;
	run = store->runs[from];
	if (from >= RELEASE_ORDER && !commit_pages(page_number(run), 1ull << from))
		return NULL;
	store->runs[from] = run->next;
	while (from-- > order)
		push_run((uint8_t *)run + (PAGE_SIZE << from), from);
	return run;
}

static void *run_allocate(unsigned order)
{
	void *run = order < RUN_ORDERS ? split_run(order) : NULL;

	return run || order >= RUN_ORDERS ? run : fresh_run(order);
}

static void run_free(void *page, unsigned order)
{
	if (order >= RELEASE_ORDER)
		release_pages(page_number(page) + 1, (1ull << order) - 1);
	push_run(page, order);
}

static unsigned class_of(size_t bytes)
{
	unsigned class = 0;

	while (class < CLASS_COUNT && class_bytes[class] < bytes)
		class ++;
	return class;
}

static void slab_link(struct slab *slab)
{
	slab->previous = NULL;
	slab->next = store->partial[slab->class];
	if (slab->next)
		slab->next->previous = slab;
	store->partial[slab->class] = slab;
}

static void slab_unlink(struct slab *slab)
{
	if (slab->previous)
		slab->previous->next = slab->next;
	else
		store->partial[slab->class] = slab->next;
	if (slab->next)
		slab->next->previous = slab->previous;
}

static struct slab *slab_create(unsigned class)
{
	struct slab *slab = run_allocate(0);
	uint32_t bytes = class_bytes[class];

	if (!slab)
		return NULL;
	*slab = (struct slab){ .class = class };
	for (uint32_t at = sizeof *slab; at + bytes <= PAGE_SIZE; at += bytes) {
		struct free_piece *piece = (void *)((uint8_t *)slab + at);

		piece->next = slab->free;
		slab->free = piece;
	}
	slab_link(slab);
	return slab;
}

static void *piece_allocate(unsigned class)
{
	struct slab *slab = store->partial[class] ? store->partial[class] : slab_create(class);
	struct free_piece *piece;

	if (!slab)
		return NULL;
	piece = slab->free;
	slab->free = piece->next;
	slab->used++;
	if (!slab->free)
		slab_unlink(slab);
	return piece;
}

static void piece_free(void *memory, unsigned class)
{
	struct slab *slab = (void *)((uintptr_t)memory & ~(uintptr_t)(PAGE_SIZE - 1));
	struct free_piece *piece = memory;

	assert(slab->class == class && slab->used > 0);
	if (!slab->free)
		slab_link(slab);
	piece->next = slab->free;
	slab->free = piece;
	if (--slab->used)
		return;
	slab_unlink(slab);
	run_free(slab, 0);
}

void *store_allocate(size_t bytes)
{
	unsigned class = class_of(bytes);
	void *memory = class < CLASS_COUNT ? piece_allocate(class) : run_allocate(order_of(bytes));

	return memory ? memset(memory, 0, bytes) : NULL;
}

void store_free(void *memory, size_t bytes)
{
	unsigned class = class_of(bytes);

	if (!memory)
		return;
	if (class < CLASS_COUNT)
		piece_free(memory, class);
	else
		run_free(memory, order_of(bytes));
}
