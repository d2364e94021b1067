/* SPDX-License-Identifier: MIT */
/*
 * Lookups that call handlers share: typed objects behind handles, and new objects put into the caller's table.
 */
#ifndef LICHEN_CALL_LOOKUP_H
#define LICHEN_CALL_LOOKUP_H

#include "call/call.h"
#include "object/domain.h"
#include "thread/thread.h"

/* NULL and *status when there is no such object; the type must be the kind's own structure, beginning with the header. */
#define LOOKUP(type, self, handle, kind, rights, status)                                                     \
	((struct type *)(void *)handle_lookup((self)->domain, handle, kind, rights, status))

/* The same for threads, whose header is not at their start. */
static inline struct thread *lookup_thread(struct thread *self, handle_t handle, uint32_t rights,
					   status_code_t *status)
{
	struct object *object = handle_lookup(self->domain, handle, KIND_THREAD, rights, status);
	return object ? list_entry(object, struct thread, object) : NULL;
}

/* Give a handle (all rights) for an object just made (its header: of a thread &thread->object), whose only reference is the caller's and goes over to the table.
   A NULL object answers NO_MEMORY. (handle_calls.c) */
struct call_result call_created(struct thread *self, void *object);

#endif
