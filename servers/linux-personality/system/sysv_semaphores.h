/* SPDX-License-Identifier: MIT */
/*
 * Sets of semaphores, between the calls that operate (sysv_semaphores.c) and those that control (sysv_semaphore_control.c).
 */
#ifndef LICHEN_PERSONALITY_SYSV_SEMAPHORES_H
#define LICHEN_PERSONALITY_SYSV_SEMAPHORES_H

#include "core/wait.h"
#include "system/sysv.h"

struct process;

struct semaphore {
	int32_t value, pid;
};

/* What a process's end takes back. */
struct semaphore_undo {
	struct semaphore_undo *next;
	const struct process *process;
	int16_t changes[]; /* one each */
};

/* A call that waits; it lives in the arena until the caller wakes. */
struct semaphore_waiter {
	struct semaphore_waiter *next;
	const struct process *process;
	int32_t pid;
	uint32_t count;
	uint32_t blocked; /* the operation that could not be done */
	int result;       /* A; 1: waits */
	struct wait_queue queue;
	struct linux_sembuf operations[];
};

struct semaphore_set {
	struct sysv_object object;
	uint32_t count;
	int64_t operated;
	struct semaphore_undo *undos;
	struct semaphore_waiter *waiters; /* oldest first */
	struct semaphore semaphores[];
};

/* sysv_lock held: do what has become possible. */
void semaphores_changed(struct semaphore_set *set);
void semaphore_set_destroy(struct thread *self, struct semaphore_set *set);

#endif
