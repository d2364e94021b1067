/* SPDX-License-Identifier: MIT */
/*
 * Sorted runs of pages in one array. Runs never overlap and never touch: touching ones are joined when one is added.
 */
#include <assert.h>
#include <string.h>
#include "page_runs.h"
#include "store.h"

/* Index of the first run that ends at or behind a page; touching counts. */
static uint32_t first_run_ending_from(const struct page_runs *set, uint64_t page)
{
	uint32_t low = 0, high = set->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (set->runs[middle].end < page)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

uint64_t page_runs_missing(const struct page_runs *set, uint64_t start, uint64_t end)
{
	uint64_t missing = end > start ? end - start : 0;
	uint32_t i = first_run_ending_from(set, start);

	for (; i < set->count && set->runs[i].start < end; i++) {
		uint64_t from = larger(start, set->runs[i].start), to = smaller(end, set->runs[i].end);

		if (to > from)
			missing -= to - from;
	}
	return missing;
}

status_t page_runs_prepare(struct page_runs *set)
{
	struct page_run *grown;
	uint32_t capacity = set->capacity ? set->capacity * 2 : 2;

	if (set->count < set->capacity)
		return STATUS_OK;
	grown = store_allocate(capacity * sizeof *grown);
	if (!grown)
		return STATUS_NO_MEMORY;
	if (set->count)
		memcpy(grown, set->runs, set->count * sizeof *grown);
	store_free(set->runs, set->capacity * sizeof *grown);
	set->runs = grown;
	set->capacity = capacity;
	return STATUS_OK;
}

/* Put `count` runs in place of the `gone` runs at index. */
static void replace_runs(struct page_runs *set, uint32_t index, uint32_t gone, const struct page_run *with,
			 uint32_t count)
{
	uint32_t behind = set->count - index - gone;

	assert(set->count - gone + count <= set->capacity);
	if (behind)
		memmove(set->runs + index + count, set->runs + index + gone, behind * sizeof *with);
	if (count)
		memcpy(set->runs + index, with, count * sizeof *with);
	set->count = set->count - gone + count;
}

void page_runs_add(struct page_runs *set, uint64_t start, uint64_t end)
{
	uint32_t index = first_run_ending_from(set, start), last = index;
	struct page_run joined = { start, end };

	if (start >= end)
		return;
	set->pages += page_runs_missing(set, start, end);
	for (; last < set->count && set->runs[last].start <= end; last++) {
		joined.start = smaller(joined.start, set->runs[last].start);
		joined.end = larger(joined.end, set->runs[last].end);
	}
	replace_runs(set, index, last - index, &joined, 1);
}

void page_runs_cut(struct page_runs *set, uint64_t start, uint64_t end)
{
	uint32_t index = first_run_ending_from(set, start), last = index, count = 0;
	struct page_run rest[2];

	if (start >= end)
		return;
	set->pages -= end - start - page_runs_missing(set, start, end);
	while (last < set->count && set->runs[last].start < end)
		last++;
	if (last == index)
		return;
	if (set->runs[index].start < start)
		rest[count++] = (struct page_run){ set->runs[index].start,
						   smaller(start, set->runs[index].end) };
	if (set->runs[last - 1].end > end)
		rest[count++] = (struct page_run){ larger(end, set->runs[last - 1].start),
						   set->runs[last - 1].end };
	replace_runs(set, index, last - index, rest, count);
}

uint64_t page_runs_prefix(const struct page_runs *set)
{
	return set->count && set->runs[0].start == 0 ? set->runs[0].end : 0;
}

uint64_t page_runs_end(const struct page_runs *set)
{
	return set->count ? set->runs[set->count - 1].end : 0;
}

void page_runs_free(struct page_runs *set)
{
	store_free(set->runs, set->capacity * sizeof *set->runs);
	*set = (struct page_runs){ 0 };
}
