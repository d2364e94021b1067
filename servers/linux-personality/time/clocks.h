/* SPDX-License-Identifier: MIT */
/*
 * Linux's clocks, and deadlines on them.
 */
#ifndef LICHEN_PERSONALITY_CLOCKS_H
#define LICHEN_PERSONALITY_CLOCKS_H

#include <stdbool.h>
#include "abi/types.h"
#include "core/wait.h"
#include "linux_abi/time.h"

struct thread;

/* Woken when the wall clock is set: absolute sleeps on it look at their deadline again. */
extern struct wait_queue clock_set_queue;
/* Bumped by each setting of the wall clock (TFD_TIMER_CANCEL_ON_SET). */
extern uint32_t clock_set_count;
/* stream/timerfd.c: its timers on the wall clock look again. */
void timerfd_clock_set(void);

void clocks_init(handle_t system);
/* Nanoseconds of a clock now; -EINVAL for an unknown one. */
int clock_read_ns(struct thread *self, int32_t clock, int64_t *ns);
bool clock_is_wall(int32_t clock);
/* A CPU-time clock, which does not advance with time. */
bool clock_is_cpu(int32_t clock);
/* Monotonic deadline for a value of a wall or monotonic clock. */
uint64_t clock_deadline(int32_t clock, int64_t value_ns);
/* Seconds and nanoseconds as ns, saturating; -EINVAL for a bad timespec. */
int timespec_to_ns(const struct linux_timespec *time, int64_t *ns);
struct linux_timespec ns_to_timespec(int64_t ns);

#endif
