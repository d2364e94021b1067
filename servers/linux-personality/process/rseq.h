/* SPDX-License-Identifier: MIT */
/*
 * Restartable sequences (rseq(2)): registration, and what happens on the way back to the guest.
 */
#ifndef LICHEN_PERSONALITY_RSEQ_H
#define LICHEN_PERSONALITY_RSEQ_H

#include "process/thread.h"

/* A handler is about to run: a critical section in progress is aborted, so that the handler returns to its abort address. */
void rseq_before_signal(struct thread *self);
/* After an exit for `reason`: sections that a kick or fault interrupted are aborted, the area told the CPU. */
void rseq_before_return(struct thread *self, uint32_t reason);

#endif
