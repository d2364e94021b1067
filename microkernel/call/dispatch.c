/* SPDX-License-Identifier: MIT */
/*
 * From registers to handlers, generated from the table of calls: each argument word becomes what its row says (a number, an
 * object with the right it takes, a block copied in), each handler is called with its own arity, and a block that the
 * handler filled is copied out.
 */
#include "call/call.h"
#include "memory/aspace.h"
#include "structure/bytes.h"
#include "thread/work.h"

/* A word too large for a handle names none. */
#define word_to_handle_t(word) ((handle_t){ (word) > UINT32_MAX ? 0 : (uint32_t)(word) })
#define word_to_uaddr_t(word) ((uaddr_t){ word })
#define word_to_gaddr_t(word) ((gaddr_t){ word })
#define word_to_uint32_t(word) ((uint32_t)(word))
#define word_to_uint64_t(word) (word)
#define word_to_int64_t(word) ((int64_t)(word))

/* clang-format off */
#define LET_PLAIN(type, kind, right, name, word) type name = word_to_##type(word);
#define LET_OBJECT(type, kind, right, name, word) \
	type name = call_lookup(self, word_to_handle_t(word), kind, right, &failure); \
	if (!name) \
		return call_error(failure);
#define LET_IN(type, kind, right, name, word) \
	__typeof__(*(type)0) name##_block; \
	type name = &name##_block; \
	failure = copy_in(self->domain->aspace, name, (uaddr_t){ word }, sizeof *name); \
	if (failure) \
		return call_error(failure);
#define LET_OUT(type, kind, right, name, word) \
	__typeof__(*(type)0) name##_block; \
	type name = memset(&name##_block, 0, sizeof name##_block);
#define STORE_PLAIN(name, word)
#define STORE_OBJECT(name, word)
#define STORE_IN(name, word)
#define STORE_OUT(name, word) \
	if (!result.status) \
		result.status = copy_out(self->domain->aspace, (uaddr_t){ word }, name, sizeof *name);

#define LET(type, name, word) ARGUMENT_APPLY(LET_FIELDS, ARGUMENT_##type, name, word)
#define LET_FIELDS(how, type, kind, right, name, word) LET_##how(type, kind, right, name, word)
#define STORE(type, name, word) ARGUMENT_APPLY(STORE_FIELDS, ARGUMENT_##type, name, word)
#define STORE_FIELDS(how, type, kind, right, name, word) STORE_##how(name, word)

/* A function for each call: dispatch_<name>. None is part of call_run, which is on the path of all and stays small. */
#define DISPATCH(name) static __attribute__((noinline)) struct call_result dispatch_##name(struct thread *self)
#define BODY const struct trap_frame *f = &self->frame; struct call_result result; status_code_t failure;
#define UNUSED (void)f; (void)result; (void)failure;
#define DISPATCH0(n, name) \
	DISPATCH(name) { return kcall_##name(self); }
#define DISPATCH1(n, name, ta, a) \
	DISPATCH(name) { BODY UNUSED LET(ta, a, f->rdi) result = kcall_##name(self, a); STORE(ta, a, f->rdi) return result; }
#define DISPATCH2(n, name, ta, a, tb, b) \
	DISPATCH(name) { BODY UNUSED LET(ta, a, f->rdi) LET(tb, b, f->rsi) result = kcall_##name(self, a, b); \
		STORE(ta, a, f->rdi) STORE(tb, b, f->rsi) return result; }
#define DISPATCH3(n, name, ta, a, tb, b, tc, c) \
	DISPATCH(name) { BODY UNUSED LET(ta, a, f->rdi) LET(tb, b, f->rsi) LET(tc, c, f->rdx) \
		result = kcall_##name(self, a, b, c); \
		STORE(ta, a, f->rdi) STORE(tb, b, f->rsi) STORE(tc, c, f->rdx) return result; }
#define DISPATCH4(n, name, ta, a, tb, b, tc, c, td, d) \
	DISPATCH(name) { BODY UNUSED LET(ta, a, f->rdi) LET(tb, b, f->rsi) LET(tc, c, f->rdx) LET(td, d, f->r10) \
		return kcall_##name(self, a, b, c, d); }
#define DISPATCH5(n, name, ta, a, tb, b, tc, c, td, d, te, e) \
	DISPATCH(name) { BODY UNUSED LET(ta, a, f->rdi) LET(tb, b, f->rsi) LET(tc, c, f->rdx) LET(td, d, f->r10) \
		LET(te, e, f->r8) return kcall_##name(self, a, b, c, d, e); }

/* A block to fill is one of the first three arguments. */
KERNEL_CALLS(DISPATCH0, DISPATCH1, DISPATCH2, DISPATCH3, DISPATCH4, DISPATCH5)

#define CASE(n, name, ...) case n: return dispatch_##name(self);
/* clang-format on */

static struct call_result call_run(struct thread *self)
{
	switch (self->frame.rax) {
		KERNEL_CALLS(CASE, CASE, CASE, CASE, CASE, CASE)
	default: return call_error(STATUS_INVALID);
	}
}

void call_dispatch(struct thread *thread)
{
	work_begin();
	struct call_result result = call_run(thread);
	work_unbounded();
	if (result.status == STATUS_PENDING)
		return;
	if (thread->held)
		aspace_release(thread);
	thread->progress = thread->place = 0;
	thread->frame.rax = (uint64_t)result.status;
	thread->frame.rdx = result.value;
}
