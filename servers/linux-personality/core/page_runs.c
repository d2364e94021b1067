/* SPDX-License-Identifier: MIT */
/*
 * The buddy allocator of the arena's pages.
 *
 * Runs are aligned to their size, counted from page 0 of the arena, so a run's buddy is at its number with one bit
 * flipped. A free run's first page says so and its order; all other pages of it are tails.
 */
#include "core/page_runs.h"

void page_list_push(struct page_runs *runs, uint32_t *head, uint32_t page)
{
	struct page_descriptor *entry = &runs->pages[page];
	entry->previous = RUN_NONE;
	entry->next = *head;
	if (*head != RUN_NONE)
		runs->pages[*head].previous = page;
	*head = page;
}

void page_list_remove(struct page_runs *runs, uint32_t *head, uint32_t page)
{
	struct page_descriptor *entry = &runs->pages[page];
	if (entry->previous == RUN_NONE)
		*head = entry->next;
	else
		runs->pages[entry->previous].next = entry->next;
	if (entry->next != RUN_NONE)
		runs->pages[entry->next].previous = entry->previous;
}

static void put_free(struct page_runs *runs, uint32_t page, uint32_t order)
{
	runs->pages[page].use = PAGE_USE_FREE;
	runs->pages[page].order = (uint8_t)order;
	page_list_push(runs, &runs->free[order], page);
}

/* The largest aligned run that starts at `page` and ends by `end`. */
static uint32_t largest_order(uint64_t page, uint64_t end)
{
	uint32_t order = 0;
	while (order + 1 < RUN_ORDERS && !(page & ((2ull << order) - 1)) && page + (2ull << order) <= end)
		order++;
	return order;
}

void page_runs_init(struct page_runs *runs, struct page_descriptor *pages, uint64_t first, uint64_t count)
{
	runs->pages = pages;
	runs->first = runs->count = first;
	runs->used = 0;
	for (uint32_t order = 0; order < RUN_ORDERS; order++)
		runs->free[order] = RUN_NONE;
	page_runs_extend(runs, count);
}

void page_runs_extend(struct page_runs *runs, uint64_t count)
{
	uint64_t page = runs->count;
	runs->count = count;
	for (; page < count; page += 1ull << runs->pages[page].order)
		put_free(runs, (uint32_t)page, largest_order(page, count));
}

uint32_t page_run_allocate(struct page_runs *runs, uint32_t order)
{
	uint32_t have = order;
	while (have < RUN_ORDERS && runs->free[have] == RUN_NONE)
		have++;
	if (have >= RUN_ORDERS)
		return RUN_NONE;
	uint32_t page = runs->free[have];
	page_list_remove(runs, &runs->free[have], page);
	while (have > order) {
		have--;
		put_free(runs, page + (1u << have), have);
	}
	runs->pages[page].use = PAGE_USE_RUN;
	runs->pages[page].order = (uint8_t)order;
	runs->used += 1ull << order;
	return page;
}

void page_run_free(struct page_runs *runs, uint32_t page)
{
	uint32_t order = runs->pages[page].order;
	runs->used -= 1ull << order;
	while (order + 1 < RUN_ORDERS) {
		uint32_t buddy = page ^ (1u << order);
		if (buddy < runs->first || buddy + (1ull << order) > runs->count ||
		    runs->pages[buddy].use != PAGE_USE_FREE || runs->pages[buddy].order != order)
			break;
		page_list_remove(runs, &runs->free[order], buddy);
		runs->pages[buddy > page ? buddy : page].use = PAGE_USE_TAIL;
		page = buddy < page ? buddy : page;
		order++;
	}
	put_free(runs, page, order);
}
