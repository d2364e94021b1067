/* SPDX-License-Identifier: MIT */
/*
 * Calls on memory objects: making, resizing, reading and writing, and those between objects and their pagers.
 *
 * The work is in memory/. A call that has to wait for a page is dispatched again and goes on at self->progress.
 */
#include "call/call.h"
#include "device/device.h"
#include "memory/aspace.h"

#define SEEK_PAGES 4096u /* resident pages that one call passes over */
#define REQUESTS_AT_ONCE 8u

struct call_result kcall_object_create(struct thread *self, struct account *account, uint64_t pages,
				       uint32_t flags)
{
	if (!pages || pages > OBJECT_PAGES_MAX || flags & ~OBJECT_CONTIGUOUS)
		return call_error(STATUS_INVALID);
	return call_created(self, memory_object_create(account, pages, flags));
}

struct call_result kcall_object_create_paged(struct thread *self, struct account *account, uint64_t pages,
					     struct notification *notification, uint64_t bits,
					     uint64_t cookie)
{
	if (pages > OBJECT_PAGES_MAX)
		return call_error(STATUS_INVALID);
	return call_created(self, memory_object_create_paged(account, pages, notification, bits, cookie));
}

struct call_result kcall_object_create_physical(struct thread *self, struct device_range *range,
						uint64_t base, uint64_t pages, uint32_t flags)
{
	if (!pages || pages > OBJECT_PAGES_MAX || flags > 1)
		return call_error(STATUS_INVALID);
	status_code_t status = device_range_mappable(range, base, pages << PAGE_SHIFT);
	if (status)
		return call_error(status);
	struct account *payer = range->object.account ? range->object.account : self->domain->account;
	return call_created(self, memory_object_create_physical(payer, base, pages, flags));
}

struct call_result kcall_object_resize(struct thread *self, struct memory_object *object, uint64_t pages)
{
	return call_error(memory_object_resize(object, pages));
}

struct call_result kcall_object_info(struct thread *self, struct memory_object *object,
				     struct object_info *info)
{
	memory_object_info(object, info);
	return call_ok(0);
}

/* Copy on from self->progress between a buffer of the caller's and an object, to the object's end at most. */
static struct call_result copy_object(struct thread *self, const struct copy_side *to,
				      const struct copy_side *from, uint64_t bytes)
{
	const struct copy_side *object = to->object ? to : from;
	uint64_t size = object->object->pages << PAGE_SHIFT;
	uint64_t rest = object->address < size ? size - object->address : 0;
	status_code_t status = copy_run(to, from, bytes < rest ? bytes : rest, &self->progress);
	if (status == STATUS_PENDING)
		return CALL_BLOCKED;
	return status && !self->progress ? call_error(status) : call_ok(self->progress);
}

struct call_result kcall_object_read(struct thread *self, struct memory_object *object, uint64_t offset,
				     uaddr_t buffer, uint64_t bytes)
{
	struct copy_side to = copy_side_space(self->domain->aspace, buffer.value);
	struct copy_side from = copy_side_object(object, offset);
	return copy_object(self, &to, &from, bytes);
}

struct call_result kcall_object_write(struct thread *self, struct memory_object *object, uint64_t offset,
				      uaddr_t buffer, uint64_t bytes)
{
	struct copy_side to = copy_side_object(object, offset);
	struct copy_side from = copy_side_space(self->domain->aspace, buffer.value);
	return copy_object(self, &to, &from, bytes);
}

/* How far resident pages reach from a page on, a bounded number of them. */
static uint64_t skip_resident(const struct memory_object *object, uint64_t page)
{
	uint64_t end = least(page + SEEK_PAGES, object->pages);
	while (page < end && object_slot(object, page))
		page++;
	return page;
}

struct call_result kcall_object_seek(struct thread *self, struct memory_object *object, uint64_t page,
				     uint32_t hole)
{
	if (hole > 1)
		return call_error(STATUS_INVALID);
	if (page >= object->pages)
		return call_error(STATUS_OUT_OF_RANGE);
	if (hole)
		page = skip_resident(object, page);
	else if (!object_next_slot(object, &page, object->pages))
		page = object->pages;
	return page < object->pages ? call_ok(page) : call_error(STATUS_OUT_OF_RANGE);
}

struct call_result kcall_object_physical(struct thread *self, struct memory_object *object, uint64_t page)
{
	if (object->type != MEMORY_CONTIGUOUS)
		return call_error(STATUS_NOT_SUPPORTED);
	if (page >= object->pages)
		return call_error(STATUS_OUT_OF_RANGE);
	return call_ok(object_slot(object, page) & SLOT_ADDRESS);
}

/* What a range request names: the object itself (with MANAGE), the source, if any (with READ), and the pages. */
struct range_found {
	struct memory_object *object, *source;
	struct page_range pages;
};

static status_t range_find(struct thread *self, const struct object_range_request *request,
			   struct range_found *found)
{
	status_code_t status;
	found->source = NULL;
	found->pages = (struct page_range){ request->page, request->source_page, request->count };
	found->object = call_lookup(self, request->object, KIND_MEMORY, RIGHT_MANAGE, &status);
	if (!status && request->page + request->count < request->page)
		return STATUS_INVALID;
	if (!status && request->source.value)
		found->source = call_lookup(self, request->source, KIND_MEMORY, RIGHT_READ, &status);
	return status;
}

struct call_result kcall_object_share(struct thread *self, struct object_range_request *request)
{
	struct range_found found;
	status_code_t status = range_find(self, request, &found);
	if (!status && !found.source)
		status = STATUS_INVALID;
	if (!status)
		status = object_share(found.object, found.source, &found.pages, &self->progress);
	return call_error(status);
}

struct call_result kcall_object_supply(struct thread *self, struct object_range_request *request)
{
	struct range_found found;
	status_code_t status = range_find(self, request, &found);
	if (!status)
		status = object_supply(found.object, found.source, &found.pages, request->flags,
				       &self->progress);
	return call_error(status);
}

struct call_result kcall_object_requests(struct thread *self, struct notification *notification,
					 uaddr_t requests, uint32_t max, uint32_t restart)
{
	struct page_request batch[REQUESTS_AT_ONCE];
	if (restart)
		pager_restart(notification);
	uint32_t count = 0, got = REQUESTS_AT_ONCE;
	while (count < max && got == REQUESTS_AT_ONCE) {
		uint32_t want = max - count < REQUESTS_AT_ONCE ? max - count : REQUESTS_AT_ONCE;
		uaddr_t place = { requests.value + count * sizeof *batch };
		got = pager_requests(notification, batch, want);
		status_code_t status = copy_out(self->domain->aspace, place, batch, got * sizeof *batch);
		if (status) {
			pager_restart(notification); /* what was shown was not told */
			return call_error(status);
		}
		count += got;
	}
	return call_ok(count);
}

struct call_result kcall_object_discard(struct thread *self, struct object_range_request *request)
{
	struct range_found found;
	status_code_t status = range_find(self, request, &found);
	if (!status)
		status = memory_object_discard(found.object, request->page, request->count);
	return call_error(status);
}

struct call_result kcall_object_collect_dirty(struct thread *self, uaddr_t address)
{
	struct range_found found;
	struct object_range_request request;
	status_code_t status = copy_in(self->domain->aspace, &request, address, sizeof request);
	if (!status)
		status = range_find(self, &request, &found);
	/* Writing the block back unchanged shows that the answer will find its place. */
	if (!status)
		status = copy_out(self->domain->aspace, address, &request, sizeof request);
	if (!status)
		status = pager_collect_dirty(found.object, &request.page, &request.count);
	if (!status)
		status = copy_out(self->domain->aspace, address, &request, sizeof request);
	return call_answer(status, request.page);
}

struct call_result kcall_object_clean(struct thread *self, struct object_range_request *request)
{
	struct range_found found;
	status_code_t status = range_find(self, request, &found);
	if (!status)
		status = pager_clean(found.object, request->page, request->count);
	return call_error(status);
}

struct call_result kcall_pager_limit(struct thread *self, struct notification *notification, uint64_t soft,
				     uint64_t hard, uint64_t bits)
{
	return call_error(pager_limit(notification, soft, hard, bits));
}
