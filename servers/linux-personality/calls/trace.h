/* SPDX-License-Identifier: MIT */
/*
 * The last calls of each thread: a ring in its own page, which a forwarded call touches anyway, told by the report when the
 * thread dies.
 */
#ifndef LICHEN_PERSONALITY_TRACE_H
#define LICHEN_PERSONALITY_TRACE_H

#include <stdint.h>
#include "abi/guest.h"

struct thread;

#define TRACE_CALLS 64u

/* 48 bytes, so that 64 fit into the thread's page: of the first four arguments 48 bits are kept, which holds every address and
   small negative number, of the last two 32. */
struct trace_call {
	uint64_t arguments[4]; /* above the argument's bits: 48 bits of time in three parts, routed calls */
	uint32_t more_arguments[2];
	uint64_t outcome; /* number and result, see trace_outcome */
};

struct trace_ring {
	uint32_t next;   /* calls ever made */
	uint32_t routed; /* guest_record.routed_calls at the last one, low half */
	struct trace_call calls[TRACE_CALLS];
};

#define TRACE_BITS 48
#define TRACE_LOW ((1ull << TRACE_BITS) - 1)
#define TRACE_TIME_SHIFT 8 /* times are kept in 256 ns */
#define TRACE_ROUTED_MAX 0xffffu
#define TRACE_RUNS (-(1ll << (TRACE_BITS - 1))) /* the result while there is none */

/* The call's number above, of which 16 bits count, the result's lower bits below: addresses and errors fit. */
static inline uint64_t trace_outcome(uint64_t number, int64_t result)
{
	return number << TRACE_BITS | ((uint64_t)result & TRACE_LOW);
}

/* The kept bits of a word with their sign. */
static inline int64_t trace_value(uint64_t word)
{
	return (int64_t)(word << (64 - TRACE_BITS)) >> (64 - TRACE_BITS);
}

static inline int64_t trace_result(const struct trace_call *call)
{
	return trace_value(call->outcome);
}

/* A call as it is told: what of it was kept. */
struct trace_told {
	uint64_t number, arguments[6];
	int64_t result;   /* INT64_MIN: it has not ended */
	uint64_t time_ns; /* when it began */
	uint32_t routed;  /* calls that the kernel answered since the one before; TRACE_ROUTED_MAX: or more */
};
struct trace_told trace_tell(const struct trace_call *call);

/* The guest's call begins; its slot gets the result. */
static inline struct trace_call *trace_begin(struct trace_ring *ring, const struct guest_record *guest)
{
	const struct guest_registers *regs = &guest->regs;
	struct trace_call *call = &ring->calls[ring->next++ % TRACE_CALLS];
	uint64_t time = guest->exit_time_ns >> TRACE_TIME_SHIFT;
	uint32_t routed = (uint32_t)guest->routed_calls - ring->routed;
	ring->routed += routed;
	if (routed > TRACE_ROUTED_MAX)
		routed = TRACE_ROUTED_MAX;
	call->outcome = trace_outcome(regs->orig_rax, TRACE_RUNS);
	call->arguments[0] = (regs->rdi & TRACE_LOW) | time << TRACE_BITS;
	call->arguments[1] = (regs->rsi & TRACE_LOW) | time >> 16 << TRACE_BITS;
	call->arguments[2] = (regs->rdx & TRACE_LOW) | time >> 32 << TRACE_BITS;
	call->arguments[3] = (regs->r10 & TRACE_LOW) | (uint64_t)routed << TRACE_BITS;
	call->more_arguments[0] = (uint32_t)regs->r8;
	call->more_arguments[1] = (uint32_t)regs->r9;
	return call;
}

static inline void trace_end(struct trace_call *call, int64_t result)
{
	call->outcome = trace_outcome(call->outcome >> TRACE_BITS, result);
}

#endif
