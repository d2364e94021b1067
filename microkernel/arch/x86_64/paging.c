/* SPDX-License-Identifier: MIT */
/*
 * The kernel's page tables: the direct map and the image.
 *
 * Built once at start, before the frame allocator runs. RAM above 4 GB and everything below is in the direct map: chunks
 * with RAM cached, the others uncached, so that device registers below 4 GB can be used through it. All top-level entries
 * of the upper half exist from then on, and every address space copies them, so later changes below them are seen by all.
 */
#include "arch/x86_64/paging.h"

#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "memory/memory.h"
#include "structure/bytes.h"

#define LARGE_BYTES (2ull << 20)
#define HUGE_BYTES (1ull << 30)
#define LOW_BYTES (4ull << 30) /* mapped whatever is there */
#define LEVEL_PAGE 0u
#define LEVEL_LARGE 1u
#define LEVEL_HUGE 2u

uint64_t paging_no_exec;
uint64_t paging_kernel_root;
static uint64_t (*early_page)(void);

static uint64_t *table_at(uint64_t entry)
{
	return direct_map((paddr_t){ entry & PTE_ADDRESS });
}

/* The entry of an address at a level, tables above it made when `make`; NULL when missing. */
static uint64_t *kernel_entry(uint64_t address, unsigned level, bool make)
{
	uint64_t *table = table_at(paging_kernel_root);
	for (unsigned at = TABLE_LEVELS - 1; at > level; at--) {
		uint64_t *entry = &table[table_index(address, at)];
		if (!*entry && !make)
			return NULL;
		if (!*entry)
			*entry = early_page() | PTE_PRESENT | PTE_WRITE | PTE_ACCESSED;
		table = table_at(*entry);
	}
	return &table[table_index(address, level)];
}

static void map_kernel(uint64_t virtual, uint64_t physical, unsigned level, uint64_t flags)
{
	uint64_t large = level == LEVEL_PAGE ? 0 : PTE_LARGE;
	uint64_t global = cpu_features.pge ? PTE_GLOBAL : 0;
	*kernel_entry(virtual, level, true) = physical | flags | large | global | PTE_PRESENT | PTE_ACCESSED |
					      PTE_DIRTY;
}

/* Where the direct map ends. */
static uint64_t memory_end(const struct boot_info *info)
{
	uint64_t end = LOW_BYTES;
	for (uint32_t i = 0; i < info->range_count; i++) {
		const struct boot_range *range = &info->ranges[i];
		if (range->base + range->length > end && boot_has_memory(range->base, 1, BOOT_MEMORY, true))
			end = range->base + range->length;
	}
	return end;
}

/* Map one piece at `base` and answer its size. */
static uint64_t map_direct_piece(uint64_t base, bool huge)
{
	uint64_t flags = PTE_WRITE | paging_no_exec;
	if (huge && !(base & (HUGE_BYTES - 1)) && boot_has_memory(base, HUGE_BYTES, BOOT_MEMORY, true)) {
		map_kernel(DIRECT_MAP_BASE + base, base, LEVEL_HUGE, flags);
		return HUGE_BYTES;
	}
	if (boot_has_memory(base, LARGE_BYTES, BOOT_MEMORY, false))
		map_kernel(DIRECT_MAP_BASE + base, base, LEVEL_LARGE, flags);
	else if (base < LOW_BYTES)
		map_kernel(DIRECT_MAP_BASE + base, base, LEVEL_LARGE, flags | PTE_UNCACHED);
	return LARGE_BYTES;
}

static void map_image(const char *start, const char *end, uint64_t flags)
{
	for (uint64_t at = (uintptr_t)start; at < (uintptr_t)end; at += PAGE_SIZE)
		map_kernel(at, at - KERNEL_BASE, LEVEL_PAGE, flags);
}

void paging_init(const struct boot_info *info, uint64_t (*page_allocate)(void))
{
	bool huge = cpuid(0x80000000u, 0).a >= 0x80000001u && (cpuid(0x80000001u, 0).d >> 26 & 1);
	early_page = page_allocate;
	paging_no_exec = cpu_features.nx ? PTE_NO_EXEC : 0;
	paging_kernel_root = early_page();
	for (uint64_t base = 0, end = memory_end(info); base < end;)
		base += map_direct_piece(base, huge);
	map_image(image_text_start, image_text_end, 0);
	map_image(image_rodata_start, image_rodata_end, paging_no_exec);
	map_image(image_data_start, image_data_end, PTE_WRITE | paging_no_exec);
}

void paging_load_kernel(void)
{
	cr3_write(paging_kernel_root);
}

void paging_share_kernel(uint64_t *root)
{
	const uint64_t *kernel = table_at(paging_kernel_root);
	memcpy(root + TABLE_USER_ENTRIES, kernel + TABLE_USER_ENTRIES,
	       (TABLE_ENTRIES - TABLE_USER_ENTRIES) * sizeof *root);
}

void paging_unmap_kernel_page(const void *page)
{
	uint64_t *entry = kernel_entry((uintptr_t)page, LEVEL_PAGE, false);
	if (!entry)
		return;
	*entry = 0;
	cpu_flush_page((uintptr_t)page);
}
