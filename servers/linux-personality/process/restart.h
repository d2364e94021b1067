/* SPDX-License-Identifier: MIT */
/*
 * How restart_syscall goes on, by kind; each function reads self->restart as its call left it and may set it anew.
 *
 * A call that answers -ERESTART_RESTARTBLOCK has filled self->restart. Each is defined beside its call (time/, stream/,
 * memory/); one that is not linked in leaves its place empty, and the call is then interrupted with EINTR.
 */
#ifndef LICHEN_PERSONALITY_RESTART_H
#define LICHEN_PERSONALITY_RESTART_H

#include "process/thread.h"

typedef int64_t (*restart_function)(struct thread *self);
extern const restart_function restart_functions[RESTART_KIND_COUNT];

int64_t restart_nanosleep(struct thread *self) __attribute__((weak));
int64_t restart_poll(struct thread *self) __attribute__((weak));
int64_t restart_futex(struct thread *self) __attribute__((weak));

/* What these calls answer when a signal ended their wait in the kernel (route/interrupted.c): the call's arguments are in
   the guest's registers, the deadline in its record. */
int64_t futex_interrupted(struct thread *self);
int64_t sleep_interrupted(struct thread *self);

/* Monotonic deadline of a relative time that has been checked; saturates. */
uint64_t deadline_after(int64_t seconds, int64_t nanoseconds);
/* Monotonic deadline of an absolute time on the wall or monotonic clock (time/clocks.c). */
uint64_t deadline_absolute(bool realtime, int64_t seconds, int64_t nanoseconds);

#endif
