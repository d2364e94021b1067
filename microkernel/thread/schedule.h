/* SPDX-License-Identifier: MIT */
/*
 * The scheduler: which thread runs next on a CPU, and who is charged for the time.
 *
 * 128 levels, the highest ready one runs. A thread's level is its guest level in guest mode and its native level in
 * native code, so code of servers is never preempted by a guest. Level 1 is shared by weighted virtual time with
 * credit for sleepers; the others are queues, with a time slice where the thread has one (native code always has).
 *
 * Invariant: a READY thread is in exactly one place: its level's queue, the fair heap, or a CPU's direct slot.
 */
#ifndef LICHEN_THREAD_SCHEDULE_H
#define LICHEN_THREAD_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;
struct thread;
struct thread_schedule;

void schedule_init(void);
/* Make a thread READY; `direct`: it is to run at once when the current thread blocks in this kernel entry. */
void schedule_ready(struct thread *thread, bool direct);
/* The running thread stops running: WAITING. */
void schedule_block(struct thread *thread);
/* Off the CPU and out of the queues, whatever its state. */
void schedule_remove(struct thread *thread);
/* The thread to run on this CPU now, RUNNING, its slice begun; NULL: none. */
struct thread *schedule_next(struct cpu *cpu);
/* When the clock must interrupt the running thread for another of its level; DEADLINE_NEVER: need not. */
uint64_t schedule_slice_end(struct cpu *cpu);
/* The clock rang: has the running thread used its slice up? */
void schedule_tick(uint64_t now_ns);
/* The running thread changes between native and guest mode: charge it, and see whether others come first now. */
void schedule_mode_change(struct thread *thread, bool to_guest);
/* The running thread lets others of its level go first, in native code and in its guest. */
void schedule_yield(struct thread *thread);
/* Do the levels exist? */
bool schedule_valid(const struct thread_schedule *schedule);
/* Takes effect at once; a weight of 0 means 1024. */
void schedule_set(struct thread *thread, const struct thread_schedule *schedule);
/* Time up to now goes to the running thread. Answers now. */
uint64_t schedule_charge(struct thread *thread);

#endif
