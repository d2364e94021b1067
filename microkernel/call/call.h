/* SPDX-License-Identifier: MIT */
/*
 * Kernel call handlers: one function kcall_<name> for each row of abi/calls.h, declared here from that table.
 *
 * dispatch.c has looked up the handles and copied the blocks in that the row names, so a handler gets pointers to
 * objects (valid until the kernel is left) and to blocks on the kernel's stack. A handler first checks everything and
 * may fail, then does and cannot fail. It answers call_ok, call_error, or CALL_BLOCKED when it made the calling thread
 * wait or end; then the dispatcher leaves the frame alone. A callee's STATUS_PENDING means exactly that, so handlers
 * pass any status on.
 */
#ifndef LICHEN_CALL_CALL_H
#define LICHEN_CALL_CALL_H

#include "abi/blocks.h"
#include "abi/calls.h"
#include "abi/events.h"
#include "abi/memory.h"
#include "abi/route.h"
#include "abi/wait.h"
#include "object/domain.h"
#include "thread/thread.h"

struct account;
struct descriptors;
struct device_range;
struct irq;
struct memory_object;
struct timer;

static inline struct call_result call_ok(uint64_t value)
{
	return (struct call_result){ .status = STATUS_OK, .value = value };
}

static inline struct call_result call_error(status_code_t status)
{
	return (struct call_result){ .status = status };
}

/* The value if all went well. */
static inline struct call_result call_answer(status_code_t status, uint64_t value)
{
	return status ? call_error(status) : call_ok(value);
}

#define CALL_BLOCKED call_error(STATUS_PENDING)

/* Run the call whose number and arguments are in the thread's frame and put its result there. */
void call_dispatch(struct thread *thread);
/* The structure of the object behind one of the thread's handles, or NULL and *status: for handles that a row cannot name. */
static inline void *call_lookup(struct thread *self, handle_t handle, enum object_kind kind, uint32_t rights,
				status_code_t *status)
{
	struct object *object = handle_lookup(self->domain, handle, kind, rights, status);
	size_t before = kind == KIND_THREAD ? offsetof(struct thread, object) : 0;
	return object ? (char *)object - before : NULL;
}

/* Give a handle (all rights) for an object just made (its header: of a thread &thread->object), whose only reference
   is the caller's and goes over to the table. A NULL object answers NO_MEMORY. (domain_calls.c) */
struct call_result call_created(struct thread *self, void *object);

/* What the argument types of the table are here: how the word becomes one, its C type, kind and right of a handle. */
/* clang-format off */
#define ARGUMENT_handle_t PLAIN, handle_t, 0, 0
#define ARGUMENT_uaddr_t PLAIN, uaddr_t, 0, 0
#define ARGUMENT_gaddr_t PLAIN, gaddr_t, 0, 0
#define ARGUMENT_uint32_t PLAIN, uint32_t, 0, 0
#define ARGUMENT_uint64_t PLAIN, uint64_t, 0, 0
#define ARGUMENT_int64_t PLAIN, int64_t, 0, 0
#define ARGUMENT_in(block) IN, struct block *, 0, 0
#define ARGUMENT_out(block) OUT, struct block *, 0, 0
#define ARGUMENT_account(right) OBJECT, struct account *, KIND_ACCOUNT, RIGHT_##right
#define ARGUMENT_aspace(right) OBJECT, struct aspace *, KIND_ASPACE, RIGHT_##right
#define ARGUMENT_descriptors(right) OBJECT, struct descriptors *, KIND_DESCRIPTORS, RIGHT_##right
#define ARGUMENT_domain(right) OBJECT, struct domain *, KIND_DOMAIN, RIGHT_##right
#define ARGUMENT_ioport(right) OBJECT, struct device_range *, KIND_IOPORT, RIGHT_##right
#define ARGUMENT_irq(right) OBJECT, struct irq *, KIND_IRQ, RIGHT_##right
#define ARGUMENT_memory(right) OBJECT, struct memory_object *, KIND_MEMORY, RIGHT_##right
#define ARGUMENT_notification(right) OBJECT, struct notification *, KIND_NOTIFICATION, RIGHT_##right
#define ARGUMENT_physical(right) OBJECT, struct device_range *, KIND_PHYSICAL, RIGHT_##right
#define ARGUMENT_system(right) OBJECT, struct object *, KIND_SYSTEM, RIGHT_##right
#define ARGUMENT_thread(right) OBJECT, struct thread *, KIND_THREAD, RIGHT_##right
#define ARGUMENT_timer(right) OBJECT, struct timer *, KIND_TIMER, RIGHT_##right
#define ARGUMENT_APPLY(macro, ...) macro(__VA_ARGS__)

#define TYPE(type) ARGUMENT_APPLY(TYPE_FIELD, ARGUMENT_##type)
#define TYPE_FIELD(how, type, kind, right) type
#define DECLARE(name, ...) struct call_result kcall_##name(struct thread *self, __VA_ARGS__);
#define DECLARE0(n, name) struct call_result kcall_##name(struct thread *self);
#define DECLARE1(n, name, ta, a) DECLARE(name, TYPE(ta) a)
#define DECLARE2(n, name, ta, a, tb, b) DECLARE(name, TYPE(ta) a, TYPE(tb) b)
#define DECLARE3(n, name, ta, a, tb, b, tc, c) DECLARE(name, TYPE(ta) a, TYPE(tb) b, TYPE(tc) c)
#define DECLARE4(n, name, ta, a, tb, b, tc, c, td, d) DECLARE(name, TYPE(ta) a, TYPE(tb) b, TYPE(tc) c, TYPE(td) d)
#define DECLARE5(n, name, ta, a, tb, b, tc, c, td, d, te, e) \
	DECLARE(name, TYPE(ta) a, TYPE(tb) b, TYPE(tc) c, TYPE(td) d, TYPE(te) e)
KERNEL_CALLS(DECLARE0, DECLARE1, DECLARE2, DECLARE3, DECLARE4, DECLARE5)
/* clang-format on */

#endif
