/* SPDX-License-Identifier: MIT */
/*
 * Waiting and waking: every sleep of the personality that a Linux thread does ends here.
 *
 * A thread sleeps on its own wake_count while that equals wake_seen, which wait_prepare and each return of wait_sleep
 * set before the caller looks at its condition: a wake in between changes the count, so none is lost. Kicks end the
 * kernel's wait; a latched one ends the next at once.
 */
#include "core/wait.h"

#include "core/errno.h"
#include "core/lock_order.h"
#include "process/thread.h"
#include "runtime/kernel.h"

void wait_callback_epoll(struct wait_node *node, uint32_t key) __attribute__((weak));

void wait_queue_init(struct wait_queue *queue)
{
	*queue = (struct wait_queue){ .lock = LOCK_INIT(RANK_QUEUE) };
}

static void enqueue(struct thread *self, struct wait_node *node, struct wait_queue *queue, bool exclusive)
{
	node->queue = queue;
	node->exclusive = exclusive;
	node->woken = false;
	if (!node->callback)
		node->thread = self;
	self->wake_seen = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	lock_acquire(&queue->lock);
	node->next = NULL;
	node->previous = queue->last;
	if (queue->last)
		queue->last->next = node;
	else
		queue->first = node;
	queue->last = node;
	lock_release(&queue->lock);
}

void wait_prepare(struct thread *self, struct wait_node *node, struct wait_queue *queue)
{
	enqueue(self, node, queue, false);
}

void wait_prepare_exclusive(struct thread *self, struct wait_node *node, struct wait_queue *queue)
{
	enqueue(self, node, queue, true);
}

void wait_finish(struct thread *self, struct wait_node *node)
{
	struct wait_queue *queue = node->queue;
	(void)self;
	if (!queue)
		return;
	lock_acquire(&queue->lock);
	if (node->previous)
		node->previous->next = node->next;
	else
		queue->first = node->next;
	if (node->next)
		node->next->previous = node->previous;
	else
		queue->last = node->previous;
	lock_release(&queue->lock);
	node->queue = NULL;
}

static bool must_stop(struct thread *self, enum wait_mode mode)
{
	if (mode == WAIT_ALWAYS)
		return false;
	return mode == WAIT_SIGNALS ? signal_pending(self) : signal_fatal_pending(self);
}

int wait_sleep(struct thread *self, uint64_t deadline_ns, enum wait_mode mode)
{
	static const uint32_t ends[] = { WAIT_INTERRUPTIBLE, WAIT_KILLABLE, 0 };
	uint32_t flags = ends[mode];
	int64_t status = STATUS_OK;
	lock_check_none("sleep");
	if (__atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE) == self->wake_seen) {
		if (must_stop(self, mode))
			return -ERESTARTSYS;
		self->state_letter = self->stopped ? 'T' : mode == WAIT_SIGNALS ? 'S' : 'D';
		status = k_word_wait((uintptr_t)&self->wake_count, self->wake_seen, WAIT_ANY, deadline_ns,
				     flags)
				 .status;
		self->state_letter = 'R';
	}
	uint32_t count = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	bool woken = count != self->wake_seen;
	self->wake_seen = count;
	if (woken)
		return 0;
	if (status == STATUS_TIMED_OUT)
		return -ETIMEDOUT;
	return must_stop(self, mode) ? -ERESTARTSYS : 0;
}

void wait_wake_thread(struct thread *thread)
{
	__atomic_add_fetch(&thread->wake_count, 1, __ATOMIC_ACQ_REL);
	(void)k_word_wake((uintptr_t)&thread->wake_count, 1, WAIT_ANY, 0);
}

static void wake_node(struct wait_node *node, uint32_t key)
{
	node->woken = true;
	if (node->callback == WAIT_CALLBACK_EPOLL) {
		if (wait_callback_epoll)
			wait_callback_epoll(node, key);
	} else {
		wait_wake_thread(node->thread);
	}
}

/* A wake is on its way to it: an exclusive one would be lost on it. */
static bool already_woken(const struct thread *thread)
{
	return thread && __atomic_load_n(&thread->wake_count, __ATOMIC_ACQUIRE) != thread->wake_seen;
}

/* Wake every node that cares, but stop behind the `limit`-th exclusive one. */
static void wake_up_to(struct wait_queue *queue, uint32_t key, uint32_t limit)
{
	if (!__atomic_load_n(&queue->first, __ATOMIC_SEQ_CST))
		return;
	lock_acquire(&queue->lock);
	for (struct wait_node *node = queue->first; node && limit; node = node->next) {
		if (key && node->key && !(key & node->key))
			continue;
		if (node->exclusive && already_woken(node->thread))
			continue;
		if (node->exclusive)
			limit--;
		wake_node(node, key);
	}
	lock_release(&queue->lock);
}

void wait_wake_all(struct wait_queue *queue, uint32_t key)
{
	wake_up_to(queue, key, UINT32_MAX);
}

void wait_wake_one(struct wait_queue *queue, uint32_t key)
{
	wake_up_to(queue, key, 1);
}
