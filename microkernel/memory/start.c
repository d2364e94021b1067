/* SPDX-License-Identifier: MIT */
/*
 * Start of the memory system: finds room for the first page tables and the frame descriptors, switches to tables of our
 * own, and gives all other RAM to the frame allocator.
 *
 * Reserved for ever: the first megabyte (firmware tables, code that starts other CPUs), the kernel image, the boot module,
 * and the descriptors themselves.
 */

#include "abi/boot.h"
#include "debug/log.h"
#include "memory/aspace.h"
#include "structure/bytes.h"

#define EARLY_TABLE_PAGES 256u /* 4 GB take 8; every 512 GB more one with 1 GB pages, 512 without */
#define RANGE_RAM 1u
#define LOW_MEMORY 0x100000ull
#define EARLY_LIMIT (4ull << 30) /* what the boot tables map */

struct range {
	uint64_t start, end;
};

enum { RESERVED_LOW, RESERVED_IMAGE, RESERVED_MODULE, RESERVED_EARLY, RESERVED_COUNT };
static struct range reserved[RESERVED_COUNT];
static uint64_t early_next;

static struct range page_range(uint64_t start, uint64_t bytes)
{
	return (struct range){ page_down(start), page_up(start + bytes) };
}

static uint64_t early_page(void)
{
	uint64_t page = early_next;
	kernel_assert(page < reserved[RESERVED_EARLY].end);
	early_next += PAGE_SIZE;
	page_clear(direct_map((paddr_t){ page }));
	return page;
}

/* The first reserved range that ends above `at`, by start; NULL when there is none. */
static const struct range *reserved_after(uint64_t at)
{
	const struct range *first = NULL;
	for (unsigned i = 0; i < RESERVED_COUNT; i++) {
		const struct range *range = &reserved[i];
		if (range->end > at && range->start < range->end && (!first || range->start < first->start))
			first = range;
	}
	return first;
}

/* The next piece of RAM in whole pages at or above *at that is not reserved; false when there is none. *at moves behind it.
   The ranges of boot_info are sorted and do not overlap. */
static bool next_piece(const struct boot_info *info, uint64_t *at, struct range *piece)
{
	for (uint32_t i = 0; i < info->range_count;) {
		const struct boot_range *range = &info->ranges[i];
		uint64_t start = page_up(range->base), end = page_down(range->base + range->length);
		start = start > *at ? start : *at;
		const struct range *obstacle = reserved_after(start);
		if (range->kind != RANGE_RAM || start >= end) {
			i++;
		} else if (obstacle && obstacle->start <= start) {
			*at = obstacle->end;
		} else {
			*at = obstacle ? least(end, obstacle->start) : end;
			*piece = (struct range){ start, *at };
			return true;
		}
	}
	return false;
}

static void reserve_early(const struct boot_info *info, uint64_t bytes)
{
	struct range piece;
	for (uint64_t at = 0; next_piece(info, &at, &piece);) {
		if (piece.start + bytes > least(piece.end, EARLY_LIMIT))
			continue;
		reserved[RESERVED_EARLY] = (struct range){ piece.start, piece.start + bytes };
		return;
	}
	panic("memory: no %lu bytes for page descriptors", (unsigned long)bytes);
}

/* Frames up to the end of RAM. */
static uint64_t frames_needed(const struct boot_info *info)
{
	uint64_t end = 0;
	for (uint32_t i = 0; i < info->range_count; i++)
		if (info->ranges[i].kind == RANGE_RAM)
			end = info->ranges[i].base + info->ranges[i].length;
	return end >> PAGE_SHIFT;
}

void memory_init(const struct boot_info *info, struct boot_module module)
{
	uint64_t count = frames_needed(info);
	uint64_t descriptors = page_up(count * sizeof(struct frame));
	uint64_t image = (uintptr_t)image_boot_start - KERNEL_BASE;
	reserved[RESERVED_LOW] = (struct range){ 0, LOW_MEMORY };
	reserved[RESERVED_IMAGE] = page_range(image, (uintptr_t)image_data_end - KERNEL_BASE - image);
	if (module.bytes)
		reserved[RESERVED_MODULE] = page_range(module.base.value, module.bytes);
	reserve_early(info, descriptors + (uint64_t)EARLY_TABLE_PAGES * PAGE_SIZE);
	early_next = reserved[RESERVED_EARLY].start + descriptors;
	paging_init(info, early_page);
	paging_load_kernel();
	frames_init(direct_map((paddr_t){ reserved[RESERVED_EARLY].start }), count);
	reserved[RESERVED_EARLY].end = early_next; /* unused table pages are free like all the rest */
	struct range piece;
	for (uint64_t at = 0; next_piece(info, &at, &piece);)
		frames_add(piece.start >> PAGE_SHIFT, (piece.end - piece.start) >> PAGE_SHIFT);
	table_init();
}
