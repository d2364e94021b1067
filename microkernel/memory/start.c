/* SPDX-License-Identifier: MIT */
/*
 * Start of the memory system: finds room for the first page tables and the frame descriptors, switches to tables of our
 * own, and gives all other RAM to the frame allocator.
 *
 * Reserved for ever: the first megabyte (firmware tables, code that starts other CPUs), the kernel image, the boot module,
 * and the descriptors themselves.
 */

#include "abi/boot.h"
#include "debug/panic.h"
#include "memory/aspace.h"
#include "structure/bytes.h"

#define EARLY_TABLE_PAGES 256u /* 4 GB take 8; every 512 GB more one with 1 GB pages, 512 without */
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

/* The next piece of [*at, end) that is not reserved; false when there is none. *at moves behind it. */
static bool next_piece(uint64_t *at, uint64_t end, struct range *piece)
{
	while (*at < end) {
		const struct range *obstacle = reserved_after(*at);
		piece->start = *at;
		piece->end = obstacle && obstacle->start < end ? obstacle->start : end;
		*at = obstacle && obstacle->start < end ? obstacle->end : end;
		if (piece->start < piece->end)
			return true;
	}
	return false;
}

static bool usable(const struct boot_range *range, struct range *pages)
{
	pages->start = page_up(range->base);
	pages->end = (range->base + range->length) & ~(uint64_t)(PAGE_SIZE - 1);
	return range->kind == 1 && pages->start < pages->end;
}

static void reserve_early(const struct boot_info *info, uint64_t bytes)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		struct range ram, piece;
		if (!usable(&info->ranges[i], &ram))
			continue;
		while (next_piece(&ram.start, ram.end < EARLY_LIMIT ? ram.end : EARLY_LIMIT, &piece)) {
			if (piece.end - piece.start < bytes)
				continue;
			reserved[RESERVED_EARLY] = (struct range){ piece.start, piece.start + bytes };
			return;
		}
	}
	panic("memory: no %lu bytes for page descriptors", (unsigned long)bytes);
}

static uint64_t frames_needed(const struct boot_info *info)
{
	uint64_t end = 0;
	for (uint32_t i = 0; i < info->range_count; i++) {
		struct range ram;
		if (usable(&info->ranges[i], &ram) && ram.end > end)
			end = ram.end;
	}
	return end >> PAGE_SHIFT;
}

static void free_memory(const struct boot_info *info)
{
	for (uint32_t i = 0; i < info->range_count; i++) {
		struct range ram, piece;
		if (!usable(&info->ranges[i], &ram))
			continue;
		while (next_piece(&ram.start, ram.end, &piece))
			frames_add(piece.start >> PAGE_SHIFT, (piece.end - piece.start) >> PAGE_SHIFT);
	}
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
	free_memory(info);
	table_init();
}
