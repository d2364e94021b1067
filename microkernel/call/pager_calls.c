/* SPDX-License-Identifier: MIT */
/*
 * Calls between memory objects and their pagers: sharing, supplying, requests, dirty pages.
 */
#include "call/lookup.h"
#include "ipc/notification.h"
#include "memory/copy.h"

#define REQUESTS_AT_ONCE 8u

struct range_call {
	struct object_range_request request;
	struct memory_object *object;
	struct memory_object *source; /* NULL for HANDLE_NONE */
};

/* Copy the argument block in and look up the object (with MANAGE) and the source (with READ) that it names. */
static status_t decode_range(struct thread *self, uaddr_t address, struct range_call *call)
{
	status_code_t status = copy_in(self->domain->aspace, &call->request, address, sizeof call->request);
	if (status)
		return status;
	const struct object_range_request *request = &call->request;
	call->object = LOOKUP(memory_object, self, request->object, KIND_MEMORY, RIGHT_MANAGE, &status);
	call->source = NULL;
	if (!call->object)
		return status;
	if (request->page + request->count < request->page)
		return STATUS_INVALID;
	if (request->source.value)
		call->source = LOOKUP(memory_object, self, request->source, KIND_MEMORY, RIGHT_READ, &status);
	return request->source.value && !call->source ? status : STATUS_OK;
}

static struct page_range page_range_of(const struct object_range_request *request)
{
	return (struct page_range){ request->page, request->source_page, request->count };
}

struct call_result kcall_object_share(struct thread *self, uaddr_t request)
{
	struct range_call call;
	status_code_t status = decode_range(self, request, &call);
	if (status)
		return call_error(status);
	if (!call.source)
		return call_error(STATUS_INVALID);
	struct page_range range = page_range_of(&call.request);
	return call_error(object_share(call.object, call.source, &range, &self->progress));
}

struct call_result kcall_object_supply(struct thread *self, uaddr_t request)
{
	struct range_call call;
	status_code_t status = decode_range(self, request, &call);
	if (status)
		return call_error(status);
	struct page_range range = page_range_of(&call.request);
	return call_error(
		object_supply(call.object, call.source, &range, call.request.flags, &self->progress));
}

struct call_result kcall_object_requests(struct thread *self, handle_t notification, uaddr_t requests,
					 uint32_t max, uint32_t restart)
{
	status_code_t status;
	struct page_request batch[REQUESTS_AT_ONCE];
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_READ,
					   &status);
	if (!told)
		return call_error(status);
	if (restart)
		pager_restart(told);
	uint32_t count = 0, got = REQUESTS_AT_ONCE;
	while (count < max && got == REQUESTS_AT_ONCE) {
		uint32_t want = max - count < REQUESTS_AT_ONCE ? max - count : REQUESTS_AT_ONCE;
		uaddr_t place = { requests.value + count * sizeof *batch };
		got = pager_requests(told, batch, want);
		status = copy_out(self->domain->aspace, place, batch, got * sizeof *batch);
		if (status) {
			pager_restart(told); /* what was shown was not told */
			return call_error(status);
		}
		count += got;
	}
	return call_ok(count);
}

struct call_result kcall_object_discard(struct thread *self, uaddr_t request)
{
	struct range_call call;
	status_code_t status = decode_range(self, request, &call);
	if (!status)
		status = memory_object_discard(call.object, call.request.page, call.request.count);
	return call_error(status);
}

struct call_result kcall_object_collect_dirty(struct thread *self, uaddr_t request)
{
	struct range_call call;
	status_code_t status = decode_range(self, request, &call);
	if (status)
		return call_error(status);
	/* Writing the block back unchanged shows that the answer will find its place. */
	status = copy_out(self->domain->aspace, request, &call.request, sizeof call.request);
	if (!status)
		status = pager_collect_dirty(call.object, &call.request.page, &call.request.count);
	if (!status)
		status = copy_out(self->domain->aspace, request, &call.request, sizeof call.request);
	return status ? call_error(status) : call_ok(call.request.page);
}

struct call_result kcall_object_clean(struct thread *self, uaddr_t request)
{
	struct range_call call;
	status_code_t status = decode_range(self, request, &call);
	if (!status)
		status = pager_clean(call.object, call.request.page, call.request.count);
	return call_error(status);
}
