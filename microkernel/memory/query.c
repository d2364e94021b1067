/* SPDX-License-Identifier: MIT */
/*
 * What an address space looks like: its regions, counters, limits and resident pages.
 */
#include "memory/aspace.h"

#include "memory/object.h"
#include "structure/bytes.h"

static void count_pages(const struct region *region, struct region_info *info)
{
	const uint64_t *entry;
	uint64_t address = region->start;
	for (; (entry = table_next(region->aspace, &address, region->end)); address += PAGE_SIZE) {
		info->resident_pages += (*entry & PTE_ADDRESS) != frame_address(zero_frame).value;
		info->private_pages += (*entry & PTE_PRIVATE) != 0;
	}
}

status_t aspace_query(struct aspace *aspace, uint64_t address, struct region_info *info)
{
	const struct region *region = region_above(aspace, address);
	if (!region)
		return STATUS_NOT_FOUND;
	memset(info, 0, sizeof *info);
	info->start = region->start;
	info->end = region->end;
	info->offset = region->offset;
	info->tag = region->tag;
	info->object_id = region->object ? region->object->object.id : 0;
	info->prot = region->prot;
	info->flags = region->flags;
	count_pages(region, info);
	return STATUS_OK;
}

void aspace_fill_info(const struct aspace *aspace, struct aspace_info *info)
{
	memset(info, 0, sizeof *info);
	info->mapped_bytes = aspace->mapped << PAGE_SHIFT;
	info->resident_pages = aspace->resident;
	info->private_pages = aspace->private;
	info->data_bytes = aspace->data << PAGE_SHIFT;
	info->locked_bytes = aspace->locked << PAGE_SHIFT;
	info->peak_mapped_bytes = aspace->peak_mapped << PAGE_SHIFT;
	info->peak_resident_pages = aspace->peak_resident;
	info->regions = aspace->region_count;
	info->minor_faults = aspace->minor_faults;
	info->major_faults = aspace->major_faults;
}

status_t aspace_set_limit(struct aspace *aspace, uint32_t which, uint64_t value)
{
	if (which >= LIMIT_COUNT)
		return STATUS_INVALID;
	aspace->limits[which] = value;
	return STATUS_OK;
}

status_t aspace_resident(struct aspace *aspace, uint64_t address, uint64_t pages, uint8_t *bytes)
{
	for (uint64_t i = 0; i < pages; i++, address += PAGE_SIZE) {
		const struct region *region = region_at(aspace, address);
		if (!region)
			return STATUS_NO_MEMORY;
		const uint64_t *entry = table_find(aspace, address);
		bytes[i] = entry && *entry;
		if (!bytes[i] && region->object && region->object->type != MEMORY_PHYSICAL)
			bytes[i] = object_slot(region->object, region_object_page(region, address)) != 0;
	}
	return STATUS_OK;
}
