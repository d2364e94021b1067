/* SPDX-License-Identifier: MIT */
/*
 * The one wait primitive of the personality.
 *
 * Every blocking call is written as
 *	struct wait_node node;            (lives in the waiting thread's record or its stack; see below)
 *	wait_prepare(self, &node, &queue);
 *	while (!(condition)) { error = wait_sleep(self, deadline_ns, WAIT_SIGNALS); if (error) break; }
 *	wait_finish(self, &node);
 * wait_prepare enqueues and notes the thread's wake count, so a wake between the check and the sleep is not lost.
 * wait_sleep answers 0 (woken: look again), -ETIMEDOUT, or -ERESTARTSYS (a signal is to be handled; never with
 * WAIT_KILL_ONLY, which answers -ERESTARTSYS only to a fatal one). A thread may be in many queues at once (poll).
 * The condition is stated by the caller, under the lock that guards it; locks are not held in wait_sleep.
 */
#ifndef LICHEN_PERSONALITY_WAIT_H
#define LICHEN_PERSONALITY_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include "core/lock.h"

struct thread;

struct wait_queue {
	struct lock lock; /* RANK_QUEUE */
	struct wait_node *first, *last;
};

struct wait_node {
	struct wait_node *next, *previous;
	struct wait_queue *queue; /* NULL: not queued */
	struct thread *thread;    /* whom to wake; NULL with a callback */
	uint32_t callback; /* enum wait_callback: index, never a pointer (arena rule); 0: wake the thread */
	uint32_t key;      /* poll events of interest; 0: any */
	void *argument;    /* of the callback: an arena object */
	bool exclusive;    /* wait_wake_one stops behind it */
	bool woken;
};

/* Callbacks run under the queue's lock and may only take locks of higher rank or mark and wake. */
enum wait_callback { WAIT_CALLBACK_NONE = 0, WAIT_CALLBACK_EPOLL = 1, WAIT_CALLBACK_COUNT };

/* What ends a wait besides a wake; ALWAYS: nothing, whoever is waited for is sure to come. */
enum wait_mode { WAIT_SIGNALS = 0, WAIT_KILL_ONLY = 1, WAIT_ALWAYS = 2 };

void wait_queue_init(struct wait_queue *queue);
void wait_prepare(struct thread *self, struct wait_node *node, struct wait_queue *queue);
void wait_prepare_exclusive(struct thread *self, struct wait_node *node, struct wait_queue *queue);
int wait_sleep(struct thread *self, uint64_t deadline_ns, enum wait_mode mode);
void wait_finish(struct thread *self, struct wait_node *node);

/* Wake all, or up to one exclusive waiter; `key`: poll events that became true (0: any). */
void wait_wake_all(struct wait_queue *queue, uint32_t key);
void wait_wake_one(struct wait_queue *queue, uint32_t key);
/* Wake one thread wherever it sleeps in wait_sleep. */
void wait_wake_thread(struct thread *thread);

#endif
