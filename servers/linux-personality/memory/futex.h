/* SPDX-License-Identifier: MIT */
/*
 * One call of futex(2), decoded; what the operations of futex.c share with those that hand on priority.
 */
#ifndef LICHEN_PERSONALITY_FUTEX_H
#define LICHEN_PERSONALITY_FUTEX_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/types.h"

struct thread;

struct futex_request {
	gaddr_t word, word2;
	int32_t operation; /* without flag bits */
	uint32_t value, value2, value3;
	uint64_t timeout; /* guest address, or value2 of the operations that have one */
	uint32_t flags;   /* WAIT_GUEST, WAIT_SHARED */
	bool realtime;
};

/* The kernel's deadline for the request's time-out: 0, -EFAULT, -EINVAL. */
int futex_deadline(const struct futex_request *request, uint64_t *deadline);
/* The operations with priority inheritance; -ENOSYS for any other. */
int64_t futex_pi_call(struct thread *self, const struct futex_request *request);
/* The thread ends or leaves its memory, after its robust list: what it holds goes to who waits for it, marked. */
void futex_pi_exit(struct thread *self);

#endif
