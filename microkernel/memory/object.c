/* SPDX-License-Identifier: MIT */
/*
 * Memory objects: making, resizing, emptying, destroying; making pages present or writable; their mappings.
 *
 * Every write to an object, by a mapping or by the kernel, goes through object_page with PAGE_FOR_WRITE first: it copies
 * shared frames and keeps the dirty states. Mappings are found through the regions that map the object; entries with a
 * private copy are not the object's.
 */
#include "ipc/endpoint.h"
#include "memory/aspace.h"
#include "memory/object.h"
#include "structure/bytes.h"
#include "thread/work.h"

static struct memory_object *create(struct account *account, uint64_t pages, enum memory_type type)
{
	if (pages > OBJECT_PAGES_MAX)
		return NULL;
	struct memory_object *object = object_allocate(KIND_MEMORY, sizeof *object, account);
	if (!object)
		return NULL;
	object->type = type;
	object->pages = pages;
	list_init(&object->regions);
	list_init(&object->requests);
	list_init(&object->waiters);
	return object;
}

/* Fill the index with frames in a row, one reference each handed over; NULL: no memory, frames and object are dropped. */
static struct memory_object *fill(struct memory_object *object, struct frame *first, uint64_t count)
{
	bool ok = true;
	for (uint64_t page = 0; page < count; page++) {
		ok = ok && object_index_reserve(object, page);
		if (ok)
			object_slot_set(object, page, frame_address(first + page).value);
		else
			frame_put(first + page);
	}
	if (!ok)
		object_put(&object->object);
	return ok ? object : NULL;
}

struct memory_object *memory_object_create(struct account *account, uint64_t pages, uint32_t flags)
{
	bool contiguous = flags & OBJECT_CONTIGUOUS;
	struct memory_object *object = create(account, pages,
					      contiguous ? MEMORY_CONTIGUOUS : MEMORY_ANONYMOUS);
	if (!object || !contiguous)
		return object;
	struct frame *first = frame_allocate_run(pages, account);
	for (uint64_t page = 0; first && page < pages; page++)
		page_clear(frame_data(first + page));
	if (first)
		return fill(object, first, pages);
	object_put(&object->object);
	return NULL;
}

struct memory_object *memory_object_create_paged(struct account *account, uint64_t pages,
						 struct notification *notification, uint64_t bits,
						 uint64_t cookie)
{
	struct memory_object *object = create(account, pages, MEMORY_PAGED);
	if (!object)
		return NULL;
	object->notification = notification;
	object_get(&notification->object);
	object->bits = bits;
	object->cookie = cookie;
	evict_add(object);
	return object;
}

struct memory_object *memory_object_create_physical(struct account *account, uint64_t base, uint64_t pages,
						    bool uncached)
{
	struct memory_object *object = create(account, pages, MEMORY_PHYSICAL);
	if (!object)
		return NULL;
	object->physical = base;
	object->uncached = uncached;
	return object;
}

/* The frames stay the kernel's too, so every write by user space copies first. */
struct memory_object *memory_object_over(paddr_t base, uint64_t pages, struct account *account)
{
	struct memory_object *object = create(account, pages, MEMORY_ANONYMOUS);
	if (!object)
		return NULL;
	for (uint64_t page = 0; page < pages; page++)
		frame_get(frame_at(base.value) + page);
	return fill(object, frame_at(base.value), pages);
}

/* Drop the pages of a range, which are unmapped already, as far as may be done at once: false when there are more. */
static bool drop_pages(struct memory_object *object, uint64_t page, uint64_t end)
{
	uint64_t slot;
	while ((slot = object_next_slot(object, &page, end))) {
		if (work_spent(1))
			return false;
		object_slot_set(object, page, 0);
		frame_put(slot_frame(slot));
		page++;
	}
	return true;
}

/* Remove the entries that map pages from one on, private copies too, as far as may be done at once: false when there are
   more. */
static bool unmap_beyond(struct memory_object *object, uint64_t page)
{
	struct region *region;
	list_for_each(region, &object->regions, object_link) {
		struct tlb_batch batch;
		uint64_t first = region->offset >> PAGE_SHIFT, skip = page > first ? page - first : 0;
		if (skip >= region_pages(region))
			continue;
		tlb_begin(&batch, region->aspace);
		bool all = pages_remove_some(&batch, region->start + (skip << PAGE_SHIFT), region->end);
		tlb_finish(&batch);
		if (!all)
			return false;
	}
	return true;
}

status_t memory_object_resize(struct memory_object *object, uint64_t pages)
{
	if (memory_object_fixed(object))
		return STATUS_NOT_SUPPORTED;
	if (pages > OBJECT_PAGES_MAX)
		return STATUS_TOO_BIG;
	uint64_t old = object->pages;
	if (pages < old) {
		object->pages = pages;
		pager_answer(object, pages, old - pages, false);
	}
	/* What an earlier call has left goes too, before it could be seen again. */
	if (!unmap_beyond(object, object->pages) || !drop_pages(object, object->pages, OBJECT_PAGES_MAX))
		return work_stop();
	object->pages = pages;
	return STATUS_OK;
}

status_t memory_object_discard(struct memory_object *object, uint64_t page, uint64_t count)
{
	if (memory_object_fixed(object))
		return STATUS_NOT_SUPPORTED;
	uint64_t end = page < object->pages ? page + least(count, object->pages - page) : 0;
	for (; object_next_slot(object, &page, end); page++) {
		if (work_spent(WORK_OF_REGION))
			return work_stop();
		object_slot_replace(object, page, 0);
	}
	return STATUS_OK;
}

void memory_object_info(const struct memory_object *object, struct object_info *info)
{
	const struct region *region;
	info->pages = object->pages;
	info->resident_pages = object->resident;
	info->dirty_pages = object->dirty;
	info->object_id = object->object.id;
	info->mappings = info->writers = 0;
	list_for_each(region, &object->regions, object_link) {
		info->mappings++;
		info->writers += !region_private(region) && region->max_prot & PROT_BIT_WRITE;
	}
	info->handles = object->object.references - info->mappings;
}

void memory_object_destroy(struct object *header)
{
	struct memory_object *object = (struct memory_object *)(void *)header;
	pager_answer(object, 0, OBJECT_PAGES_MAX, false);
	if (!drop_pages(object, 0, OBJECT_PAGES_MAX)) {
		object_requeue(header);
		return;
	}
	object_index_destroy(object);
	if (object->notification) {
		evict_remove(object);
		object_put(&object->notification->object);
	}
	object_free(&object->object);
}

bool object_slot_writable(const struct memory_object *object, uint64_t slot)
{
	if (memory_object_fixed(object))
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

void object_slot_replace(struct memory_object *object, uint64_t page, uint64_t slot)
{
	uint64_t old = object_slot(object, page);
	if (old)
		object_unmap(object, page);
	object_slot_set(object, page, slot);
	if (old)
		frame_put(slot_frame(old));
}

/* Replace a shared frame by a copy of its own. */
static status_t unshare(struct memory_object *object, uint64_t page)
{
	uint64_t slot = object_slot(object, page);
	struct frame *copy = frame_allocate_copy(object->object.account, frame_data(slot_frame(slot)));
	if (!copy)
		return STATUS_NO_MEMORY;
	object_slot_replace(object, page, frame_address(copy).value | slot_state(slot));
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
	if (slot_state(slot) == PAGE_CLEAN_WRITABLE &&
	    object->notification->dirty >= object->notification->dirty_hard)
		return pager_throttle(object, how);
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

/* Remove the entries that map [page, end) of a region's object, or with `protect` make them read-only. */
static void change_region(struct region *region, uint64_t page, uint64_t end, bool protect)
{
	struct tlb_batch batch;
	uint64_t first = region->offset >> PAGE_SHIFT, *entry;
	uint64_t high = least(end, first + region_pages(region));
	if (page < first)
		page = first;
	if (page >= high)
		return;
	uint64_t at = region->start + ((page - first) << PAGE_SHIFT),
		 at_end = at + ((high - page) << PAGE_SHIFT);
	tlb_begin(&batch, region->aspace);
	for (; (entry = table_next(region->aspace, &at, at_end)); at += PAGE_SIZE) {
		if (*entry & PTE_PRIVATE)
			continue;
		if (!protect) {
			page_remove(&batch, entry, at);
		} else if (*entry & PTE_WRITE) {
			pte_set(entry, *entry & ~PTE_WRITE);
			tlb_add(&batch, at);
		}
	}
	tlb_finish(&batch);
}

void object_unmap(struct memory_object *object, uint64_t page)
{
	struct region *region;
	list_for_each(region, &object->regions, object_link)
		change_region(region, page, page + 1, false);
}

void object_protect(struct memory_object *object, uint64_t page, uint64_t count)
{
	struct region *region;
	list_for_each(region, &object->regions, object_link)
		if (!region_private(region))
			change_region(region, page, page + count, true);
}
