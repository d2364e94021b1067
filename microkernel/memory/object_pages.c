/* SPDX-License-Identifier: MIT */
/*
 * Pages of memory objects: making them present or writable, and finding and changing their mappings.
 *
 * Every write to an object, by a mapping or by the kernel, goes through object_page with PAGE_FOR_WRITE first: it copies
 * shared frames and keeps the dirty states. Mappings are found through the regions that map the object; entries with a
 * private copy are not the object's.
 */
#include "memory/object.h"

#include "memory/aspace.h"
#include "structure/bytes.h"

bool object_slot_writable(const struct memory_object *object, uint64_t slot)
{
	if (object->type == MEMORY_CONTIGUOUS || object->type == MEMORY_PHYSICAL)
		return true;
	if (object->type == MEMORY_PAGED && slot_state(slot) != PAGE_DIRTY)
		return false;
	return !frame_shared(slot_frame(slot));
}

static status_t put_frame(struct memory_object *object, uint64_t page, struct frame *frame, unsigned state)
{
	if (!frame)
		return STATUS_NO_MEMORY;
	if (!object_index_reserve(object, page)) {
		frame_put(frame);
		return STATUS_NO_MEMORY;
	}
	object_slot_set(object, page, frame_address(frame).value | state);
	return STATUS_OK;
}

/* Replace a shared frame by a copy of its own. */
static status_t unshare(struct memory_object *object, uint64_t page)
{
	uint64_t slot = object_slot(object, page);
	struct frame *old = slot_frame(slot);
	struct frame *copy = frame_allocate(object->object.account);
	if (!copy)
		return STATUS_NO_MEMORY;
	page_copy(frame_data(copy), frame_data(old));
	object_unmap(object, page, 1, false);
	object_slot_set(object, page, frame_address(copy).value | slot_state(slot));
	frame_put(old);
	return STATUS_OK;
}

/* The states in which a write is allowed, or the request for one. */
static status_t make_dirty(struct memory_object *object, uint64_t page, uint32_t how)
{
	uint64_t slot = object_slot(object, page);
	if (object->type != MEMORY_PAGED || slot_state(slot) == PAGE_DIRTY)
		return STATUS_OK;
	if (slot_state(slot) == PAGE_CLEAN_UNRESERVED)
		return pager_ask(object, page, REQUEST_WRITABLE, how);
	object_slot_set(object, page, (slot & ~SLOT_STATE) | PAGE_DIRTY);
	return STATUS_OK;
}

static status_t make_writable(struct memory_object *object, uint64_t page, uint32_t how)
{
	if (object->type == MEMORY_CONTIGUOUS)
		return STATUS_OK;
	status_code_t status = make_dirty(object, page, how);
	if (status)
		return status;
	return frame_shared(slot_frame(object_slot(object, page))) ? unshare(object, page) : STATUS_OK;
}

static status_t make_present(struct memory_object *object, uint64_t page, uint32_t how)
{
	if (object_slot(object, page))
		return STATUS_OK;
	if (object->type == MEMORY_PAGED)
		return pager_ask(object, page, REQUEST_PAGE, how);
	return put_frame(object, page, frame_allocate_zeroed(object->object.account), 0);
}

status_t object_page(struct memory_object *object, uint64_t page, uint32_t how, uint64_t *slot)
{
	if (page >= object->pages)
		return STATUS_OUT_OF_RANGE;
	if (object->type == MEMORY_PHYSICAL) {
		*slot = object->physical + (page << PAGE_SHIFT);
		return STATUS_OK;
	}
	status_code_t status = make_present(object, page, how);
	if (!status && (how & PAGE_FOR_WRITE))
		status = make_writable(object, page, how);
	if (!status)
		*slot = object_slot(object, page);
	return status;
}

void *object_page_peek(const struct memory_object *object, uint64_t page, bool write)
{
	if (page >= object->pages || object->type == MEMORY_PHYSICAL)
		return NULL;
	uint64_t slot = object_slot(object, page);
	if (!slot)
		return object->type == MEMORY_ANONYMOUS && !write ? frame_data(zero_frame) : NULL;
	if (write && !object_slot_writable(object, slot))
		return NULL;
	return frame_data(slot_frame(slot));
}

/* The part of a region that maps [page, page + count) of its object; false: none. */
static bool mapped_part(const struct region *region, uint64_t page, uint64_t count, uint64_t *start,
			uint64_t *end)
{
	uint64_t first = region->offset >> PAGE_SHIFT, pages = region_pages(region);
	uint64_t low = page > first ? page : first;
	uint64_t high = page + count < first + pages ? page + count : first + pages;
	if (low >= high)
		return false;
	*start = region->start + ((low - first) << PAGE_SHIFT);
	*end = region->start + ((high - first) << PAGE_SHIFT);
	return true;
}

static void unmap_part(struct region *region, uint64_t start, uint64_t end, bool copies)
{
	struct tlb_batch batch;
	uint64_t *entry;
	tlb_begin(&batch, region->aspace);
	for (; (entry = table_next(region->aspace, &start, end)); start += PAGE_SIZE) {
		if (copies || !(*entry & PTE_PRIVATE))
			page_remove(&batch, entry, start);
	}
	tlb_finish(&batch);
}

void object_unmap(struct memory_object *object, uint64_t page, uint64_t count, bool copies)
{
	struct list_node *link;
	uint64_t start, end;
	list_for_each(link, &object->regions) {
		struct region *region = list_entry(link, struct region, object_link);
		if (mapped_part(region, page, count, &start, &end))
			unmap_part(region, start, end, copies);
	}
}

static void protect_part(struct region *region, uint64_t start, uint64_t end)
{
	struct tlb_batch batch;
	uint64_t *entry;
	tlb_begin(&batch, region->aspace);
	for (; (entry = table_next(region->aspace, &start, end)); start += PAGE_SIZE) {
		if ((*entry & PTE_PRIVATE) || !(*entry & PTE_WRITE))
			continue;
		pte_set(entry, *entry & ~PTE_WRITE);
		tlb_add(&batch, start);
	}
	tlb_finish(&batch);
}

void object_protect(struct memory_object *object, uint64_t page, uint64_t count)
{
	struct list_node *link;
	uint64_t start, end;
	list_for_each(link, &object->regions) {
		struct region *region = list_entry(link, struct region, object_link);
		if (!region_private(region) && mapped_part(region, page, count, &start, &end))
			protect_part(region, start, end);
	}
}

void object_drop_page(struct memory_object *object, uint64_t page)
{
	uint64_t slot = object_slot(object, page);
	if (!slot)
		return;
	object_unmap(object, page, 1, false);
	object_slot_set(object, page, 0);
	frame_put(slot_frame(slot));
}
