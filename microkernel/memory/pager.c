/* SPDX-License-Identifier: MIT */
/*
 * The kernel's side of the pager protocol, and pages that go from one object to another.
 *
 * A request stays in its object until the pager supplied or refused any of its pages; then it is gone, and the threads that
 * waited for its pages run again and ask anew for what is still missing. So nothing the pager leaves out can wedge a page,
 * and an error is told once: to the threads that waited. Objects with requests are in one list; object_requests looks there
 * for those of its notification.
 *
 * Pages are shared copy-on-write, moved or copied. A shared frame has both objects as holders, so whichever writes copies
 * first; mappings that could write it lose that right when it becomes shared. Frames of contiguous objects (devices write
 * them) are always copied.
 */
#include "arch/x86_64/cpu.h"
#include "ipc/endpoint.h"
#include "memory/object.h"
#include "structure/bytes.h"
#include "thread/work.h"

#define ASK_PAGES 16u      /* read ahead: missing pages behind the one wanted */
#define COLLECT_PAGES 256u /* longest dirty run */

static struct list_node asking = { &asking, &asking };

static bool meets(const struct page_ask *ask, uint64_t page, uint64_t count)
{
	return ask->page < page + count && page < ask->page + ask->count;
}

static struct page_ask *find_ask(struct memory_object *object, uint64_t page, enum page_request_kind kind)
{
	struct page_ask *ask;
	list_for_each(ask, &object->requests, link)
		if (ask->kind == kind && meets(ask, page, 1))
			return ask;
	return NULL;
}

/* How many pages in a row are missing and not yet asked for. */
static uint32_t missing_run(struct memory_object *object, uint64_t page)
{
	uint32_t count = 1;
	while (count < ASK_PAGES && page + count < object->pages && !object_slot(object, page + count) &&
	       !find_ask(object, page + count, REQUEST_PAGE))
		count++;
	return count;
}

static status_t add_ask(struct memory_object *object, uint64_t page, enum page_request_kind kind)
{
	if (find_ask(object, page, kind))
		return STATUS_OK;
	struct page_ask *ask = kernel_allocate(sizeof *ask, object->object.account);
	if (!ask)
		return STATUS_NO_MEMORY;
	ask->page = page;
	ask->count = kind == REQUEST_PAGE ? missing_run(object, page) : 1;
	ask->kind = (uint16_t)kind;
	if (list_empty(&object->requests))
		list_append(&asking, &object->asking);
	list_append(&object->requests, &ask->link);
	notification_signal(object->notification, object->bits);
	return STATUS_OK;
}

static bool refused(struct thread *thread, struct memory_object *object, uint64_t page)
{
	if (thread->failed_page[0] != object->object.id || thread->failed_page[1] != page)
		return false;
	thread->failed_page[0] = 0;
	return true;
}

static void wait_for_page(struct thread *thread, struct memory_object *object, uint64_t page)
{
	list_append(&object->waiters, &thread->wait_link);
	thread->wait_key[0] = page;
	thread_block(thread, WAIT_PAGE, DEADLINE_NEVER, true);
}

status_t pager_ask(struct memory_object *object, uint64_t page, enum page_request_kind kind, uint32_t how)
{
	struct thread *thread = cpu_self()->current;
	if (thread && refused(thread, object, page))
		return STATUS_PAGER_ERROR;
	status_code_t status = add_ask(object, page, kind);
	if (status)
		return status;
	if (!thread || (how & PAGE_NOWAIT))
		return STATUS_WOULD_BLOCK;
	wait_for_page(thread, object, page);
	return STATUS_PENDING;
}

status_t pager_throttle(struct memory_object *object, uint32_t how)
{
	struct notification *pager = object->notification;
	struct thread *thread = cpu_self()->current;
	notification_signal(pager, pager->dirty_bits);
	if (!thread || (how & PAGE_NOWAIT))
		return STATUS_WOULD_BLOCK;
	list_append(&pager->throttled, &thread->wait_link);
	thread_block(thread, WAIT_PAGE, DEADLINE_NEVER, true);
	return STATUS_PENDING;
}

static void end_throttling(struct notification *pager)
{
	while (pager->dirty < pager->dirty_hard && !list_empty(&pager->throttled))
		thread_wake_restart(list_first(&pager->throttled, struct thread, wait_link));
}

void pager_dirtied(struct memory_object *object, int64_t change)
{
	struct notification *pager = object->notification;
	object->dirty += (uint64_t)change;
	pager->dirty += (uint64_t)change;
	if (change > 0 && pager->dirty == pager->dirty_soft + 1)
		notification_signal(pager, pager->dirty_bits);
	end_throttling(pager);
}

status_t pager_limit(struct notification *pager, uint64_t soft, uint64_t hard, uint64_t bits)
{
	if (!hard || soft > hard)
		return STATUS_INVALID;
	pager->dirty_soft = soft;
	pager->dirty_hard = hard;
	pager->dirty_bits = bits;
	if (pager->dirty > soft)
		notification_signal(pager, bits);
	end_throttling(pager);
	return STATUS_OK;
}

static void wake_waiters(struct memory_object *object, uint64_t page, uint64_t count, bool failed)
{
	struct list_node *link = object->waiters.next;
	while (link != &object->waiters) {
		struct thread *thread = list_entry(link, struct thread, wait_link);
		link = link->next;
		uint64_t wanted = thread->wait_key[0];
		if (wanted < page || wanted - page >= count)
			continue;
		list_remove(&thread->wait_link);
		thread->failed_page[0] = failed ? object->object.id : 0;
		thread->failed_page[1] = wanted;
		thread_wake_restart(thread);
	}
}

void pager_answer(struct memory_object *object, uint64_t page, uint64_t count, bool failed)
{
	struct list_node *link = object->requests.next;
	if (!count)
		return;
	wake_waiters(object, page, count, failed);
	while (link != &object->requests) {
		struct page_ask *ask = list_entry(link, struct page_ask, link);
		link = link->next;
		if (!meets(ask, page, count))
			continue;
		wake_waiters(object, ask->page, ask->count, false);
		list_remove(&ask->link);
		kernel_free(ask, sizeof *ask, object->object.account);
	}
	if (list_empty(&object->requests) && list_linked(&object->asking))
		list_remove(&object->asking);
}

static uint32_t object_requests(struct memory_object *object, struct page_request *requests, uint32_t max)
{
	struct page_ask *ask;
	uint32_t count = 0;
	list_for_each(ask, &object->requests, link) {
		if (ask->shown || count == max)
			continue;
		requests[count++] = (struct page_request){ object->cookie, ask->page, ask->count, ask->kind };
		ask->shown = true;
	}
	return count;
}

uint32_t pager_requests(struct notification *notification, struct page_request *requests, uint32_t max)
{
	struct memory_object *object;
	uint32_t count = 0;
	list_for_each(object, &asking, asking)
		if (object->notification == notification)
			count += object_requests(object, requests + count, max - count);
	return count;
}

void pager_restart(struct notification *notification)
{
	struct memory_object *object;
	struct page_ask *ask;
	list_for_each(object, &asking, asking)
		list_for_each(ask, &object->requests, link)
			ask->shown = ask->shown && object->notification != notification;
}

/* Turn the dirty run that starts at a page into WRITING; answers its length. */
static uint64_t start_writing(struct memory_object *object, uint64_t page, uint64_t max)
{
	uint64_t count = 0;
	while (count < max && page + count < object->pages) {
		uint64_t slot = object_slot(object, page + count);
		if (slot_state(slot) != PAGE_DIRTY)
			break;
		object_slot_set(object, page + count, (slot & ~SLOT_STATE) | PAGE_WRITING);
		count++;
	}
	object_protect(object, page, count);
	return count;
}

status_t pager_collect_dirty(struct memory_object *object, uint64_t *page, uint64_t *count)
{
	uint64_t slot = 0, max = *count && *count < COLLECT_PAGES ? *count : COLLECT_PAGES;
	if (object->type != MEMORY_PAGED)
		return STATUS_NOT_SUPPORTED;
	if (!object->dirty)
		return STATUS_NOT_FOUND;
	while ((slot = object_next_slot(object, page, object->pages)) && slot_state(slot) != PAGE_DIRTY)
		++*page;
	if (!slot)
		return STATUS_NOT_FOUND;
	*count = start_writing(object, *page, max);
	return STATUS_OK;
}

status_t pager_clean(struct memory_object *object, uint64_t page, uint64_t count)
{
	uint64_t slot,
		end = page + count < page || page + count > object->pages ? object->pages : page + count;
	if (object->type != MEMORY_PAGED)
		return STATUS_NOT_SUPPORTED;
	for (; (slot = object_next_slot(object, &page, end)); page++) {
		if (slot_state(slot) != PAGE_WRITING)
			continue;
		if (work_spent(1))
			return work_stop();
		object_slot_set(object, page, (slot & ~SLOT_STATE) | PAGE_CLEAN_WRITABLE);
	}
	return STATUS_OK;
}

static bool range_fits(const struct memory_object *object, uint64_t page, uint64_t count)
{
	return page <= object->pages && count <= object->pages - page;
}

/* A reference to what the source's page holds, shared or copied; NULL: no memory. Missing pages are zeros. */
static struct frame *shared_frame(struct memory_object *object, struct memory_object *source, uint64_t page)
{
	uint64_t slot = object_slot(source, page);
	if (!slot)
		return frame_allocate_zeroed(object->object.account);
	struct frame *frame = slot_frame(slot);
	if (source->type == MEMORY_CONTIGUOUS || frame->pins)
		return frame_allocate_copy(object->object.account, frame_data(frame));
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
	object_unmap(source, page);
	object_slot_set(source, page, 0);
	return slot_frame(slot);
}

/* A paged source's missing page is asked for first. */
static status_t fetch(struct memory_object *source, uint64_t page)
{
	uint64_t slot;
	return source->type == MEMORY_PAGED ? object_page(source, page, 0, &slot) : STATUS_OK;
}

/* Share one page. A page the source does not have (zeros) is one the destination does not have either. */
static status_t share_page(struct memory_object *object, struct memory_object *source, uint64_t page,
			   uint64_t from)
{
	status_code_t status = fetch(source, from);
	if (status)
		return status;
	if (!object_slot(source, from) && object->type == MEMORY_ANONYMOUS) {
		object_slot_replace(object, page, 0);
		return STATUS_OK;
	}
	if (!object_index_reserve(object, page))
		return STATUS_NO_MEMORY;
	struct frame *frame = shared_frame(object, source, from);
	if (!frame)
		return STATUS_NO_MEMORY;
	unsigned state = object->type == MEMORY_PAGED ? PAGE_CLEAN_WRITABLE : 0;
	object_slot_replace(object, page, frame_address(frame).value | state);
	return STATUS_OK;
}

static bool may_share(const struct memory_object *object, const struct memory_object *source)
{
	return !memory_object_fixed(object) && source->type != MEMORY_PHYSICAL && object != source;
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
		if (!status && work_spent(WORK_OF_PAGE) && *done < range->count)
			status = work_stop();
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
	if (slot && slot_state(slot) == PAGE_CLEAN_UNRESERVED)
		object_slot_set(object, page, (slot & ~SLOT_STATE) | state);
	if (slot || !source)
		return STATUS_OK; /* without a source the page went meanwhile; it will be asked for again */
	status_code_t status = fetch(source, from);
	if (status)
		return status;
	if (!object_index_reserve(object, page))
		return STATUS_NO_MEMORY;
	struct frame *frame = moved_frame(object, source, from);
	if (!frame)
		return STATUS_NO_MEMORY;
	object_slot_set(object, page, frame_address(frame).value | state);
	return STATUS_OK;
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
		status = supply_page(object, source, range->page + *done, range->source_page + *done, flags);
		*done += !status;
		if (!status && work_spent(WORK_OF_PAGE) && *done < range->count)
			status = work_stop();
	}
	pager_answer(object, range->page, *done, flags & SUPPLY_ERROR);
	return status;
}
