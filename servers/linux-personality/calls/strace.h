/* SPDX-License-Identifier: MIT */
/*
 * Every call of chosen process trees as a line in strace's manner, in one bounded ring that root reads.
 *
 * A process that is told has GATE_STRACE in its threads' route gates: none of its calls is routed. All others pay one test of a
 * word that is at hand. A line is made by the thread itself; when the ring is full the oldest lines go, and are counted.
 */
#ifndef LICHEN_PERSONALITY_STRACE_H
#define LICHEN_PERSONALITY_STRACE_H

#include <stdint.h>
#include "signal/signal.h"

struct thread;

/* process->strace */
#define STRACE_ON 1u
#define STRACE_CHILDREN 2u /* those that it makes from now on likewise */

/* A call under way; NULL: it is not told to its end. */
struct told_call;
struct told_call *strace_enter(struct thread *self);
void strace_leave(struct thread *self, struct told_call *call, int64_t result);
/* A signal was taken; P is held. */
void strace_signal(struct thread *self, const struct linux_siginfo *info);
/* A signal stopped it; P is held. */
void strace_stopped(struct thread *self, int number);
/* The thread ends with that status, as wait4 encodes it. */
void strace_ended(struct thread *self, uint32_t status);

/* Begin or end to tell a process: STRACE_* or 0. -ESRCH */
int strace_set(int32_t pid, uint32_t flags);
/* Take whole lines out of the ring: bytes. First a line that says how many were dropped, when any were. */
uint64_t strace_take(char *buffer, uint64_t bytes);

#endif
