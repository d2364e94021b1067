/* SPDX-License-Identifier: MIT */
/*
 * Memory objects as a whole: making, resizing, emptying, destroying.
 */
#include "memory/object.h"

#include "ipc/notification.h"
#include "memory/aspace.h"
#include "structure/bytes.h"

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

/* Fill the index with frames in a row, one reference each handed over; false: no memory, the rest dropped. */
static bool fill(struct memory_object *object, struct frame *first, uint64_t count)
{
	bool ok = true;
	for (uint64_t page = 0; page < count; page++) {
		ok = ok && object_index_reserve(object, page);
		if (ok)
			object_slot_set(object, page, frame_address(first + page).value);
		else
			frame_put(first + page);
	}
	return ok;
}

static struct memory_object *filled(struct memory_object *object, struct frame *first, uint64_t count)
{
	if (fill(object, first, count))
		return object;
	object_put(&object->object);
	return NULL;
}

static struct memory_object *create_contiguous(struct account *account, uint64_t pages)
{
	struct memory_object *object = create(account, pages, MEMORY_CONTIGUOUS);
	if (!object)
		return NULL;
	struct frame *first = frame_allocate_run(pages, account);
	if (!first) {
		object_put(&object->object);
		return NULL;
	}
	for (uint64_t page = 0; page < pages; page++)
		page_clear(frame_data(first + page));
	return filled(object, first, pages);
}

struct memory_object *memory_object_create(struct account *account, uint64_t pages, uint32_t flags)
{
	if (flags & OBJECT_CONTIGUOUS)
		return create_contiguous(account, pages);
	return create(account, pages, MEMORY_ANONYMOUS);
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
	return filled(object, frame_at(base.value), pages);
}

/* Drop the pages of a range; they are unmapped already. */
static void drop_pages(struct memory_object *object, uint64_t page, uint64_t end)
{
	uint64_t slot;
	while ((slot = object_next_slot(object, &page, end))) {
		object_slot_set(object, page, 0);
		frame_put(slot_frame(slot));
		page++;
	}
}

status_t memory_object_resize(struct memory_object *object, uint64_t pages)
{
	if (object->type == MEMORY_CONTIGUOUS || object->type == MEMORY_PHYSICAL)
		return STATUS_NOT_SUPPORTED;
	if (pages > OBJECT_PAGES_MAX)
		return STATUS_TOO_BIG;
	uint64_t old = object->pages;
	object->pages = pages;
	if (pages >= old)
		return STATUS_OK;
	object_unmap(object, pages, old - pages, true);
	drop_pages(object, pages, old);
	pager_answer(object, pages, old - pages, false);
	return STATUS_OK;
}

status_t memory_object_discard(struct memory_object *object, uint64_t page, uint64_t count)
{
	if (object->type == MEMORY_CONTIGUOUS || object->type == MEMORY_PHYSICAL)
		return STATUS_NOT_SUPPORTED;
	if (page >= object->pages)
		return STATUS_OK;
	if (count > object->pages - page)
		count = object->pages - page;
	object_unmap(object, page, count, false);
	drop_pages(object, page, page + count);
	return STATUS_OK;
}

void memory_object_info(const struct memory_object *object, struct object_info *info)
{
	struct list_node *link;
	memset(info, 0, sizeof *info);
	info->pages = object->pages;
	info->resident_pages = object->resident;
	info->dirty_pages = object->dirty;
	info->object_id = object->object.id;
	list_for_each(link, &object->regions)
		info->mappings++;
	info->handles = object->object.references - info->mappings;
}

void memory_object_destroy(struct object *header)
{
	struct memory_object *object = (struct memory_object *)(void *)header;
	pager_answer(object, 0, OBJECT_PAGES_MAX, false);
	drop_pages(object, 0, object->pages);
	object_index_destroy(object);
	if (object->notification)
		object_put(&object->notification->object);
	object_free(&object->object, sizeof *object);
}
