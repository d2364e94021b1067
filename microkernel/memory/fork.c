/* SPDX-License-Identifier: MIT */
/*
 * fork: a copy of an address space whose private pages are shared until one side writes.
 *
 * Regions are copied; object pages are left out, since they refault. A private page is referenced by both tables,
 * read-only in both; a pinned one (a device or the kernel may write it) is copied at once. Runs to completion: what it does
 * is bounded by the pages that the parent wrote itself. The parent is flushed before the child exists for anybody.
 */
#include "memory/aspace.h"

#include "structure/bytes.h"

/* A frame that the child may refer to: the parent's, or a copy of a pinned one. NULL: no memory. */
static struct frame *child_frame(struct aspace *child, struct frame *frame)
{
	if (!frame->pins) {
		frame_get(frame);
		return frame;
	}
	struct frame *copy = frame_allocate(child->object.account);
	if (copy)
		page_copy(frame_data(copy), frame_data(frame));
	return copy;
}

static status_t fork_page(struct tlb_batch *parent, struct region *region, uint64_t *entry, uint64_t address)
{
	uint64_t *copy = table_make(region->aspace, address);
	struct frame *own = pte_frame(*entry);
	struct frame *frame = copy ? child_frame(region->aspace, own) : NULL;
	if (!frame)
		return STATUS_NO_MEMORY;
	if (frame == own && (*entry & PTE_WRITE)) {
		pte_set(entry, *entry & ~(PTE_WRITE | PTE_DIRTY));
		tlb_add(parent, address);
	}
	page_install_private(region, copy, frame, frame != own);
	return STATUS_OK;
}

static status_t fork_pages(struct tlb_batch *parent, struct region *region)
{
	uint64_t *entry;
	uint64_t address = region->start;
	for (; (entry = table_next(parent->aspace, &address, region->end)); address += PAGE_SIZE) {
		if (!(*entry & PTE_PRIVATE))
			continue;
		status_code_t status = fork_page(parent, region, entry, address);
		if (status)
			return status;
	}
	return STATUS_OK;
}

/* Memory locks are not inherited. */
static status_t fork_region(struct tlb_batch *parent, struct aspace *child, const struct region *region)
{
	if (region->flags & MAP_FLAG_NO_FORK)
		return STATUS_OK;
	struct region *copy = region_create(region);
	if (!copy)
		return STATUS_NO_MEMORY;
	copy->flags &= ~MAP_FLAG_LOCKED;
	region_insert(child, copy);
	if (!region_private(region) || (region->flags & MAP_FLAG_WIPE_ON_FORK))
		return STATUS_OK;
	return fork_pages(parent, copy);
}

status_t aspace_fork(struct aspace *parent, struct account *account, struct aspace **child)
{
	struct tlb_batch batch;
	struct aspace *copy = aspace_create(account);
	status_code_t status = STATUS_OK;
	if (!copy)
		return STATUS_NO_MEMORY;
	memcpy(copy->limits, parent->limits, sizeof copy->limits);
	tlb_begin(&batch, parent);
	struct region *region = region_of(tree_first(&parent->regions));
	for (; region && !status; region = region_next(region))
		status = fork_region(&batch, copy, region);
	tlb_finish(&batch);
	if (status)
		object_put(&copy->object);
	else
		*child = copy;
	return status;
}
