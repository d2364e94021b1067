/* SPDX-License-Identifier: MIT */
/*
 * From registers to handlers, generated from the table of calls: each argument word becomes its declared type, each
 * handler is called with its own arity.
 */
#include "call/call.h"
#include "thread/thread.h"

static inline handle_t word_to_handle_t(uint64_t word)
{
	/* A word too large for a handle names none. */
	return (handle_t){ word > UINT32_MAX ? 0 : (uint32_t)word };
}

static inline uaddr_t word_to_uaddr_t(uint64_t word)
{
	return (uaddr_t){ word };
}

static inline gaddr_t word_to_gaddr_t(uint64_t word)
{
	return (gaddr_t){ word };
}

static inline uint32_t word_to_uint32_t(uint64_t word)
{
	return (uint32_t)word;
}

static inline uint64_t word_to_uint64_t(uint64_t word)
{
	return word;
}

static inline int64_t word_to_int64_t(uint64_t word)
{
	return (int64_t)word;
}

/* clang-format off */
#define W(type, word) word_to_##type(word)
#define CASE0(n, name) \
	case n: return kcall_##name(self);
#define CASE1(n, name, ta, a) \
	case n: return kcall_##name(self, W(ta, f->rdi));
#define CASE2(n, name, ta, a, tb, b) \
	case n: return kcall_##name(self, W(ta, f->rdi), W(tb, f->rsi));
#define CASE3(n, name, ta, a, tb, b, tc, c) \
	case n: return kcall_##name(self, W(ta, f->rdi), W(tb, f->rsi), W(tc, f->rdx));
#define CASE4(n, name, ta, a, tb, b, tc, c, td, d) \
	case n: return kcall_##name(self, W(ta, f->rdi), W(tb, f->rsi), W(tc, f->rdx), W(td, f->r10));
#define CASE5(n, name, ta, a, tb, b, tc, c, td, d, te, e) \
	case n: return kcall_##name(self, W(ta, f->rdi), W(tb, f->rsi), W(tc, f->rdx), W(td, f->r10), W(te, f->r8));
#define CASE6(n, name, ta, a, tb, b, tc, c, td, d, te, e, tf, g) \
	case n: return kcall_##name(self, W(ta, f->rdi), W(tb, f->rsi), W(tc, f->rdx), W(td, f->r10), W(te, f->r8), \
				    W(tf, f->r9));
/* clang-format on */

static struct call_result call_run(struct thread *self)
{
	const struct trap_frame *f = &self->frame;
	switch (f->rax) {
		KERNEL_CALLS(CASE0, CASE1, CASE2, CASE3, CASE4, CASE5, CASE6)
	default: return call_error(STATUS_INVALID);
	}
}

void call_dispatch(struct thread *thread)
{
	struct call_result result = call_run(thread);
	if (result.status == STATUS_PENDING)
		return;
	thread->frame.rax = (uint64_t)result.status;
	thread->frame.rdx = result.value;
}

#define NAME(n, name, ...) [n] = #name,
static const char *const names[CALL_NUMBER_MAX] = { KERNEL_CALLS(NAME, NAME, NAME, NAME, NAME, NAME, NAME) };

const char *call_name(uint64_t number)
{
	return number < CALL_NUMBER_MAX && names[number] ? names[number] : "?";
}
