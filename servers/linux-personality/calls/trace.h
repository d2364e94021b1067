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

#define TRACE_CALLS 64u

/* 48 bytes, so that 64 fit into the thread's page: of the last two arguments only the low halves are kept. */
struct trace_call {
	uint64_t arguments[4];
	uint32_t more_arguments[2];
	uint64_t outcome; /* number and result, see trace_outcome */
};

struct trace_ring {
	uint32_t next; /* calls ever made */
	uint32_t reserved;
	struct trace_call calls[TRACE_CALLS];
};

#define TRACE_RESULT_BITS 48
#define TRACE_RUNS (-(1ll << (TRACE_RESULT_BITS - 1))) /* the result while there is none */

/* The call's number above, of which 16 bits count, the result's lower bits below: addresses and errors fit. */
static inline uint64_t trace_outcome(uint64_t number, int64_t result)
{
	return number << TRACE_RESULT_BITS | ((uint64_t)result & ((1ull << TRACE_RESULT_BITS) - 1));
}

static inline int64_t trace_result(const struct trace_call *call)
{
	return (int64_t)(call->outcome << (64 - TRACE_RESULT_BITS)) >> (64 - TRACE_RESULT_BITS);
}

void trace_log_last(const struct thread *self);

/* A call begins; its slot gets the result. */
static inline struct trace_call *trace_begin(struct trace_ring *ring, const struct guest_registers *regs)
{
	struct trace_call *call = &ring->calls[ring->next++ % TRACE_CALLS];
	call->outcome = trace_outcome(regs->orig_rax, TRACE_RUNS);
	call->arguments[0] = regs->rdi;
	call->arguments[1] = regs->rsi;
	call->arguments[2] = regs->rdx;
	call->arguments[3] = regs->r10;
	call->more_arguments[0] = (uint32_t)regs->r8;
	call->more_arguments[1] = (uint32_t)regs->r9;
	return call;
}

static inline void trace_end(struct trace_call *call, int64_t result)
{
	call->outcome = trace_outcome(call->outcome >> TRACE_RESULT_BITS, result);
}

#endif
