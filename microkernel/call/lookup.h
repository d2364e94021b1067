/* SPDX-License-Identifier: MIT */
/*
 * Lookups that call handlers share: typed objects behind handles, and new objects put into the caller's table.
 */
#ifndef LICHEN_CALL_LOOKUP_H
#define LICHEN_CALL_LOOKUP_H

#include "call/call.h"
#include "object/domain.h"
#include "thread/thread.h"

/* NULL and *status when there is no such object; the type must be the kind's own structure. */
#define LOOKUP(type, self, handle, kind, rights, status)                                                     \
	((struct type *)(void *)handle_lookup((self)->domain, handle, kind, rights, status))

/* Give a handle (all rights) for an object just made, whose only reference is the caller's and goes over to the table.
   A NULL object answers NO_MEMORY. (handle_calls.c) */
struct call_result call_created(struct thread *self, void *object);

#endif
