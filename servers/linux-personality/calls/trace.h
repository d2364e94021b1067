/* SPDX-License-Identifier: MIT */
/*
 * The last calls of each thread: a ring in the arena, filled at every forwarded call, printed when the thread dies.
 */
#ifndef LICHEN_PERSONALITY_TRACE_H
#define LICHEN_PERSONALITY_TRACE_H

#include "process/thread.h"

#define TRACE_CALLS 64u

struct trace_call {
	uint64_t arguments[6];
	int64_t result; /* INT64_MIN while it runs */
	uint32_t number;
	uint32_t reserved;
};

struct trace_ring {
	uint32_t next; /* calls ever made */
	uint32_t reserved;
	struct trace_call calls[TRACE_CALLS];
};

struct trace_ring *trace_create(void); /* NULL: no memory, no history */
void trace_destroy(struct trace_ring *ring);
void trace_log_last(const struct thread *self);

/* A call begins; its slot gets the result. NULL without a ring. */
static inline struct trace_call *trace_begin(const struct thread *self)
{
	struct trace_ring *ring = self->extension;
	const struct guest_registers *regs = &self->guest.regs;
	if (!ring)
		return NULL;
	struct trace_call *call = &ring->calls[ring->next++ % TRACE_CALLS];
	call->number = (uint32_t)regs->orig_rax;
	call->result = INT64_MIN;
	call->arguments[0] = regs->rdi;
	call->arguments[1] = regs->rsi;
	call->arguments[2] = regs->rdx;
	call->arguments[3] = regs->r10;
	call->arguments[4] = regs->r8;
	call->arguments[5] = regs->r9;
	return call;
}

#endif
