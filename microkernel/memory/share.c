/* SPDX-License-Identifier: MIT */
/*
 * Pages that go from one object to another: shared copy-on-write, moved or copied.
 *
 * A shared frame has both objects as holders, so whichever writes copies first (object_pages.c); mappings that could write
 * it lose that right when it becomes shared. Frames of contiguous objects (devices write them) are always copied.
 */
#include "memory/object.h"

#include "memory/table.h"
#include "structure/bytes.h"

static bool range_fits(const struct memory_object *object, uint64_t page, uint64_t count)
{
	return page <= object->pages && count <= object->pages - page;
}

static struct frame *copy_frame(const struct memory_object *object, const struct frame *source)
{
	struct frame *copy = frame_allocate(object->object.account);
	if (copy)
		page_copy(frame_data(copy), frame_data(source));
	return copy;
}

/* A reference to what the source's page holds, shared or copied; NULL: no memory. Missing pages are zeros. */
static struct frame *shared_frame(struct memory_object *object, struct memory_object *source, uint64_t page)
{
	uint64_t slot = object_slot(source, page);
	if (!slot)
		return frame_allocate_zeroed(object->object.account);
	struct frame *frame = slot_frame(slot);
	if (source->type == MEMORY_CONTIGUOUS || frame->pins)
		return copy_frame(object, frame);
	object_protect(source, page, 1);
	frame_get(frame);
	return frame;
}

/* The source's own frame when nobody else holds it, taken away from it; else a shared one. */
static struct frame *moved_frame(struct memory_object *object, struct memory_object *source, uint64_t page)
{
	uint64_t slot = object_slot(source, page);
	bool sole = slot && source->type == MEMORY_ANONYMOUS && slot_frame(slot)->references == 1;
	if (!sole || !frame_recharge(slot_frame(slot), object->object.account))
		return shared_frame(object, source, page);
	object_unmap(source, page, 1, false);
	object_slot_set(source, page, 0);
	return slot_frame(slot);
}

/* Share one page. A page the source does not have (zeros) is one the destination does not have either. */
static status_t share_page(struct memory_object *object, struct memory_object *source, uint64_t page,
			   uint64_t from)
{
	uint64_t slot;
	if (source->type == MEMORY_PAGED) {
		status_code_t status = object_page(source, from, 0, &slot);
		if (status)
			return status;
	}
	if (!object_slot(source, from) && object->type == MEMORY_ANONYMOUS) {
		object_drop_page(object, page);
		return STATUS_OK;
	}
	if (!object_index_reserve(object, page))
		return STATUS_NO_MEMORY;
	struct frame *frame = shared_frame(object, source, from);
	if (!frame)
		return STATUS_NO_MEMORY;
	object_drop_page(object, page);
	if (!object_index_reserve(object, page)) {
		frame_put(frame);
		return STATUS_NO_MEMORY;
	}
	unsigned state = object->type == MEMORY_PAGED ? PAGE_CLEAN_WRITABLE : 0;
	object_slot_set(object, page, frame_address(frame).value | state);
	return STATUS_OK;
}

static bool may_share(const struct memory_object *object, const struct memory_object *source)
{
	bool fixed = object->type == MEMORY_CONTIGUOUS || object->type == MEMORY_PHYSICAL;
	return !fixed && source->type != MEMORY_PHYSICAL && object != source;
}

status_t object_share(struct memory_object *object, struct memory_object *source,
		      const struct page_range *range, uint64_t *done)
{
	status_code_t status = STATUS_OK;
	if (!may_share(object, source))
		return STATUS_NOT_SUPPORTED;
	if (!range_fits(object, range->page, range->count) ||
	    !range_fits(source, range->source_page, range->count))
		return STATUS_OUT_OF_RANGE;
	while (!status && *done < range->count) {
		status = share_page(object, source, range->page + *done, range->source_page + *done);
		*done += !status;
	}
	if (object->type == MEMORY_PAGED)
		pager_answer(object, range->page, *done, false);
	return status;
}

/* A page that is there already stays; it may only learn that it is writable. */
static status_t supply_page(struct memory_object *object, struct memory_object *source, uint64_t page,
			    uint64_t from, uint32_t flags)
{
	uint64_t slot = object_slot(object, page);
	unsigned state = flags & SUPPLY_WRITABLE ? PAGE_CLEAN_WRITABLE : PAGE_CLEAN_UNRESERVED;
	if (slot) {
		if (slot_state(slot) == PAGE_CLEAN_UNRESERVED)
			object_slot_set(object, page, (slot & ~SLOT_STATE) | state);
		return STATUS_OK;
	}
	if (!source)
		return STATUS_OK; /* the page went meanwhile; it will be asked for again */
	if (!object_index_reserve(object, page))
		return STATUS_NO_MEMORY;
	struct frame *frame = moved_frame(object, source, from);
	if (!frame)
		return STATUS_NO_MEMORY;
	object_slot_set(object, page, frame_address(frame).value | state);
	return STATUS_OK;
}

/* The source's own missing pages are asked for first when it is paged too. */
static status_t supply_from(struct memory_object *object, struct memory_object *source, uint64_t page,
			    uint64_t from, uint32_t flags)
{
	uint64_t slot;
	if (source && source->type == MEMORY_PAGED && !object_slot(object, page)) {
		status_code_t status = object_page(source, from, 0, &slot);
		if (status)
			return status;
	}
	return supply_page(object, source, page, from, flags);
}

static status_t check_supply(const struct memory_object *object, const struct memory_object *source,
			     const struct page_range *range, uint32_t flags)
{
	if (object->type != MEMORY_PAGED || (source && !may_share(object, source)))
		return STATUS_NOT_SUPPORTED;
	if (flags & ~(SUPPLY_WRITABLE | SUPPLY_ERROR) || ((flags & SUPPLY_ERROR) && source))
		return STATUS_INVALID;
	if (!range_fits(object, range->page, range->count))
		return STATUS_OUT_OF_RANGE;
	return !source || range_fits(source, range->source_page, range->count) ? STATUS_OK
									       : STATUS_OUT_OF_RANGE;
}

status_t object_supply(struct memory_object *object, struct memory_object *source,
		       const struct page_range *range, uint32_t flags, uint64_t *done)
{
	status_code_t status = check_supply(object, source, range, flags);
	if (status)
		return status;
	if (flags & SUPPLY_ERROR)
		*done = range->count;
	while (!status && *done < range->count) {
		status = supply_from(object, source, range->page + *done, range->source_page + *done, flags);
		*done += !status;
	}
	pager_answer(object, range->page, *done, flags & SUPPLY_ERROR);
	return status;
}
