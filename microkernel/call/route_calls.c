/* SPDX-License-Identifier: MIT */
/*
 * Calls on what routes use: rows of calls, descriptor tables.
 */
#include "call/call.h"
#include "debug/event.h"
#include "memory/memory.h"
#include "memory/object.h"
#include "route/descriptor.h"

#define COOKIES_AT_ONCE 16u

struct call_result kcall_descriptors_create(struct thread *self, struct account *account,
					    struct notification *notification, uint64_t bits)
{
	return call_created(self, descriptors_create(self->domain, account, notification, bits));
}

struct call_result kcall_descriptor_set(struct thread *self, struct descriptors *table, uint32_t number,
					struct descriptor_row *row)
{
	uint32_t rights = (row->flags & DESCRIPTOR_READ ? RIGHT_READ : 0) |
			  (row->flags & DESCRIPTOR_WRITE ? RIGHT_WRITE : 0);
	struct memory_object *object = NULL;
	status_code_t status = STATUS_OK;
	if (row->object.value)
		object = call_lookup(self, row->object, KIND_MEMORY, rights, &status);
	if (!status)
		status = descriptor_set(table, number, row, object);
	event_record(EVENT_ROUTE, 1, number);
	return call_error(status);
}

struct call_result kcall_descriptor_clear(struct thread *self, struct descriptors *table, uint32_t number)
{
	uint32_t inside = 0;
	status_code_t status = descriptor_clear(table, number, &inside);
	event_record(EVENT_ROUTE, 2, number);
	return call_answer(status, inside);
}

struct call_result kcall_descriptors_drained(struct thread *self, uaddr_t cookies, uint32_t max)
{
	uint64_t found[COOKIES_AT_ONCE];
	uint32_t count = descriptor_drained(self->domain, found,
					    max < COOKIES_AT_ONCE ? max : COOKIES_AT_ONCE);
	status_code_t status = count ? copy_out(self->domain->aspace, cookies, found, count * sizeof found[0])
				     : STATUS_OK;
	if (status)
		return call_error(status);
	descriptor_drained_drop(self->domain, count);
	return call_ok(count);
}
