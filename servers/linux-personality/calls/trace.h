/* SPDX-License-Identifier: MIT */
/*
 * The last calls of each thread: a ring in its own page, which a forwarded call touches anyway, printed when the thread
 * dies.
 */
#ifndef LICHEN_PERSONALITY_TRACE_H
#define LICHEN_PERSONALITY_TRACE_H

#include <stdint.h>
#include "abi/guest.h"

struct thread;

#define TRACE_CALLS 40u

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

void trace_log_last(const struct thread *self);

/* A call begins; its slot gets the result. */
static inline struct trace_call *trace_begin(struct trace_ring *ring, const struct guest_registers *regs)
{
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
