/* SPDX-License-Identifier: MIT */
/*
 * Page-table entries and the kernel's half of every table.
 *
 * Rights are restricted only in leaf entries; entries above them allow everything to user space. Two bits that the CPU
 * ignores say what an entry holds: PRIVATE entries hold a reference on their frame, DEVICE entries name memory without a
 * descriptor. An entry without USER keeps its page while the region allows no access.
 */
#ifndef LICHEN_ARCH_PAGING_H
#define LICHEN_ARCH_PAGING_H

#include <stdbool.h>
#include <stdint.h>

struct boot_info;

#define PTE_PRESENT 0x1ull
#define PTE_WRITE 0x2ull
#define PTE_USER 0x4ull
#define PTE_UNCACHED 0x18ull
#define PTE_ACCESSED 0x20ull
#define PTE_DIRTY 0x40ull
#define PTE_LARGE 0x80ull
#define PTE_GLOBAL 0x100ull
#define PTE_PRIVATE 0x200ull
#define PTE_DEVICE 0x400ull
#define PTE_NO_EXEC (1ull << 63)
#define PTE_ADDRESS 0x000ffffffffff000ull
#define PTE_TABLE (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED)

#define TABLE_ENTRIES 512u
#define TABLE_LEVELS 4u
#define TABLE_USER_ENTRIES 256u /* of the top level: the rest is the kernel's */

static inline unsigned table_index(uint64_t address, unsigned level)
{
	return (unsigned)(address >> (12 + 9 * level)) & (TABLE_ENTRIES - 1);
}

extern uint64_t paging_no_exec; /* PTE_NO_EXEC, or 0 on a CPU without it */
extern uint64_t paging_kernel_root;

/* Build the kernel's tables from pages that `page_allocate` gives (physical addresses of zeroed pages below 4 GB). */
void paging_init(const struct boot_info *info, uint64_t (*page_allocate)(void));
/* Start using them. */
void paging_load_kernel(void);
/* The kernel half of a new top-level table. */
void paging_share_kernel(uint64_t *root);

#endif
