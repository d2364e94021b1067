/* SPDX-License-Identifier: MIT */
/*
 * Page-table entries of regions: installing, removing, changing rights, and the counts of resident pages.
 *
 * An entry of a region that allows no access keeps its page but lacks USER. The shared zero page is not counted.
 */
#include "memory/aspace.h"

uint64_t page_entry_bits(const struct region *region)
{
	uint64_t bits = PTE_PRESENT | PTE_ACCESSED;
	if (region->prot)
		bits |= PTE_USER;
	if (!(region->prot & PROT_BIT_EXEC))
		bits |= paging_no_exec;
	return bits;
}

static bool is_zero_page(uint64_t entry)
{
	return (entry & PTE_ADDRESS) == frame_address(zero_frame).value;
}

static void count_entry(struct aspace *aspace, uint64_t entry, uint64_t one)
{
	if (is_zero_page(entry))
		return;
	aspace->resident += one;
	if (entry & PTE_PRIVATE)
		aspace->private += one;
	if (aspace->resident > aspace->peak_resident)
		aspace->peak_resident = aspace->resident;
}

void page_install_private(struct region *region, uint64_t *entry, struct frame *frame, bool writable)
{
	uint64_t write = writable && (region->prot & PROT_BIT_WRITE) ? PTE_WRITE | PTE_DIRTY : 0;
	uint64_t value = frame_address(frame).value | PTE_PRIVATE | page_entry_bits(region) | write;
	pte_set(entry, value);
	count_entry(region->aspace, value, 1);
}

void page_install_object(struct region *region, uint64_t *entry, uint64_t physical, uint64_t bits)
{
	uint64_t value = physical | page_entry_bits(region) | bits;
	pte_set(entry, value);
	count_entry(region->aspace, value, 1);
}

void page_detach(struct tlb_batch *batch, uint64_t *entry, uint64_t address)
{
	uint64_t old = *entry;
	if (!old)
		return;
	count_entry(batch->aspace, old, ~0ull);
	pte_set(entry, 0);
	tlb_add(batch, address);
	if (old & PTE_PRIVATE)
		tlb_drop(batch, pte_frame(old));
}

void page_remove(struct tlb_batch *batch, uint64_t *entry, uint64_t address)
{
	page_detach(batch, entry, address);
	if (!frame_at((uintptr_t)entry - DIRECT_MAP_BASE)->used)
		table_release(batch, address);
}

void pages_remove(struct tlb_batch *batch, uint64_t start, uint64_t end)
{
	uint64_t *entry;
	for (uint64_t address = start; (entry = table_next(batch->aspace, &address, end));
	     address += PAGE_SIZE)
		page_remove(batch, entry, address);
}

/* A private page without other holders may be written at once; an object's page must be asked for again. */
static uint64_t write_bit(const struct region *region, uint64_t entry)
{
	if (!(region->prot & PROT_BIT_WRITE))
		return 0;
	if (entry & PTE_PRIVATE)
		return frame_shared(pte_frame(entry)) ? 0 : PTE_WRITE | PTE_DIRTY;
	return region_private(region) ? 0 : entry & PTE_WRITE;
}

void pages_protect(struct tlb_batch *batch, struct region *region)
{
	const uint64_t rights = PTE_PRESENT | PTE_ACCESSED | PTE_USER | PTE_WRITE | PTE_NO_EXEC;
	uint64_t *entry;
	uint64_t address = region->start;
	for (; (entry = table_next(batch->aspace, &address, region->end)); address += PAGE_SIZE) {
		uint64_t value = (*entry & ~rights) | page_entry_bits(region) | write_bit(region, *entry);
		if (value == *entry)
			continue;
		pte_set(entry, value);
		tlb_add(batch, address);
	}
}
