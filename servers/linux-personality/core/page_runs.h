/* SPDX-License-Identifier: MIT */
/*
 * Runs of pages within the arena: a buddy allocator with its descriptors outside the pages.
 *
 * Page numbers count from the arena's base. The caller (slab.c) holds the allocator's lock. A descriptor also has
 * room for what a slab notes about its page.
 */
#ifndef LICHEN_PERSONALITY_PAGE_RUNS_H
#define LICHEN_PERSONALITY_PAGE_RUNS_H

#include <stdint.h>

#define RUN_ORDERS 11u
#define RUN_NONE UINT32_MAX

enum page_use { PAGE_USE_TAIL = 0, PAGE_USE_FREE, PAGE_USE_RUN, PAGE_USE_SLAB };

struct page_descriptor {
	uint32_t next, previous; /* free list of its order, or list of slab pages with room */
	uint32_t free_object;    /* slab: offset of the first free object / 8, RUN_NONE: full */
	uint16_t objects;        /* slab: in use */
	uint8_t order;           /* of a free or used run's first page */
	uint8_t use;             /* enum page_use */
};

struct page_runs {
	struct page_descriptor *pages;
	uint64_t first, count; /* usable page numbers first .. count - 1 */
	uint64_t used;
	uint32_t free[RUN_ORDERS];
};

void page_runs_init(struct page_runs *runs, struct page_descriptor *pages, uint64_t first, uint64_t count);
/* The usable pages now end at `count`. */
void page_runs_extend(struct page_runs *runs, uint64_t count);
/* First page of a run of 2^order pages, or RUN_NONE. */
uint32_t page_run_allocate(struct page_runs *runs, uint32_t order);
void page_run_free(struct page_runs *runs, uint32_t page);

/* Lists of descriptors by page number, for the allocator's own use and for slabs. */
void page_list_push(struct page_runs *runs, uint32_t *head, uint32_t page);
void page_list_remove(struct page_runs *runs, uint32_t *head, uint32_t page);

#endif
