/* SPDX-License-Identifier: MIT */
/*
 * Domains and threads for in-kernel tests: they never run user code. A test makes calls for a thread by putting number
 * and arguments into its frame and dispatching, exactly as a SYSCALL would, and looks at frame and state afterwards.
 */
#ifndef LICHEN_TEST_FIXTURE_H
#define LICHEN_TEST_FIXTURE_H

#include "abi/calls.h"
#include "object/domain.h"
#include "thread/thread.h"

/* Each domain has pages at DATA: the message page of thread n is page 2n, its record page 2n + 1. */
#define FIXTURE_DATA 0x100000ull
#define FIXTURE_THREADS 8u
#define FIXTURE_ENTRY 0x400000ull

/* A domain with data pages and an exit entry; NULL: no memory. */
struct domain *fixture_domain(void);
/* Its thread n, started; with a guest space of its own when `guest`. */
struct thread *fixture_thread(struct domain *domain, unsigned n, bool guest);
/* End and forget a domain that fixture_domain made. */
void fixture_end(struct domain *domain);

/* The thread becomes the CPU's current one, RUNNING, whatever it was before. */
void fixture_run(struct thread *thread);
/* What the scheduler would run next; the thread runs then. NULL: nothing. */
struct thread *fixture_next(void);

struct fixture_call {
	uint64_t number, words[6];
};
/* The thread makes a call; answers its status, or STATUS_PENDING when it waits or has ended. */
int64_t fixture_call(struct thread *thread, struct fixture_call call);

/* A handle for an object in a domain; the value. 0: failed. */
uint64_t fixture_give(struct domain *domain, void *object, uint32_t rights, uint64_t badge);

#endif
