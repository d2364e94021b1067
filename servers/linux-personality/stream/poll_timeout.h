/* SPDX-License-Identifier: MIT */
/*
 * Time-outs and signal masks of poll, ppoll, select and pselect6: reading them in, and what a finished call leaves behind.
 */
#ifndef LICHEN_PERSONALITY_POLL_TIMEOUT_H
#define LICHEN_PERSONALITY_POLL_TIMEOUT_H

#include <stdbool.h>
#include "core/guest_memory.h"

struct thread;

enum poll_time { POLL_TIMESPEC, POLL_TIMEVAL };

struct poll_timeout {
	gaddr_t guest; /* 0: none, wait for ever */
	enum poll_time kind;
	uint64_t deadline_ns; /* 0: do not wait */
};

/* 0, -EFAULT, -EINVAL. */
int poll_timeout_read(struct poll_timeout *timeout, gaddr_t guest, enum poll_time kind);
/* Write back the rest, as Linux does; answers what the call is to answer instead of `result`. */
int64_t poll_timeout_finish(struct thread *self, const struct poll_timeout *timeout, int64_t result);

/* Put the guest's mask (0: none) in force for the call: 0, -EFAULT, -EINVAL. */
int poll_mask_begin(struct thread *self, gaddr_t mask, uint64_t set_bytes);
/* The call is over: the old mask comes back now, or after the handler that interrupted it. */
void poll_mask_end(struct thread *self, gaddr_t mask, int64_t result);

#endif
