/* SPDX-License-Identifier: MIT */
/*
 * Pending signals and masks: what a thread has to look at, taking signals from queues, group exit.
 *
 * signal_work is a summary of everything else, recomputed under the process lock whenever that changes. A thread reads
 * it without the lock right before it enters the guest or sleeps; whoever sets it kicks the thread, and kicks latch.
 */
#include "signal/state.h"

#include <string.h>
#include "core/errno.h"
#include "core/slab.h"
#include "process/credentials.h"
#include "runtime/kernel.h"

static bool must_end(const struct thread *thread)
{
	const struct process *process = thread->process;
	return (process->group_exiting && process->dumper != thread) ||
	       (process->execing && process->execing != thread);
}

void signal_publish_pending(struct thread *thread)
{
	thread->guest.signal_pending = thread->pending.set;
	thread->process->route.pending = thread->process->pending.set;
}

void signal_update_work(struct thread *thread)
{
	struct process *process = thread->process;
	uint32_t work = 0;
	if (must_end(thread))
		work |= WORK_FATAL;
	if ((thread->pending.set | process->pending.set) & ~thread->guest.signal_mask)
		work |= WORK_SIGNAL;
	if (process->stopping && !thread->stopped)
		work |= WORK_STOP;
	if (process->notify_code && !thread->stopped)
		work |= WORK_NOTIFY;
	signal_publish_pending(thread);
	uint32_t gate = work || process->strace ? ROUTE_GATE_CLOSED : 0;
	__atomic_store_n(&thread->guest.route_gate, gate | (process->strace ? GATE_STRACE : 0),
			 __ATOMIC_RELEASE);
	__atomic_store_n(&thread->signal_work, work, __ATOMIC_RELEASE);
}

void signal_notify_thread(struct thread *thread)
{
	signal_update_work(thread);
	uint32_t work = thread->signal_work;
	if (work && thread->kernel_thread.value)
		(void)k_thread_kick(thread->kernel_thread, work & WORK_FATAL ? KICK_KILL : KICK_SIGNAL);
}

bool signal_pending(struct thread *self)
{
	return __atomic_load_n(&self->signal_work, __ATOMIC_ACQUIRE) & ~WORK_NOTIFY;
}

bool signal_fatal_pending(struct thread *self)
{
	return __atomic_load_n(&self->signal_work, __ATOMIC_ACQUIRE) & WORK_FATAL;
}

/* Process signals that this thread was chosen for and now blocks go to another. P. */
static void retarget(struct thread *self, sigset_bits newly_blocked)
{
	sigset_bits left = self->process->pending.set & newly_blocked;
	for (struct thread *other = self->process->threads; other && left; other = other->next_in_process) {
		if (other == self || other->exiting || !(left & ~other->guest.signal_mask))
			continue;
		left &= other->guest.signal_mask;
		signal_notify_thread(other);
	}
}

void signal_set_blocked(struct thread *self, sigset_bits mask)
{
	mask &= ~SIGNALS_UNBLOCKABLE;
	lock_acquire(&self->process->lock);
	sigset_bits newly = mask & ~self->guest.signal_mask;
	self->guest.signal_mask = mask;
	if (newly && self->process->thread_count > 1)
		retarget(self, newly);
	signal_update_work(self);
	lock_release(&self->process->lock);
}

void signal_swap_mask(struct thread *self, sigset_bits mask)
{
	self->saved_mask = self->guest.signal_mask;
	self->restore_mask = true;
	signal_set_blocked(self, mask);
}

void signal_restore_mask(struct thread *self)
{
	if (!self->restore_mask)
		return;
	self->restore_mask = false;
	signal_set_blocked(self, self->saved_mask);
}

static void entry_free(struct queued_signal *entry)
{
	if (entry->user) {
		__atomic_sub_fetch(&entry->user->signals, 1, __ATOMIC_RELAXED);
		user_put(entry->user);
	}
	slab_free(entry, sizeof(*entry));
}

void signal_free_entries(struct queued_signal *list)
{
	while (list) {
		struct queued_signal *next = list->next;
		entry_free(list);
		list = next;
	}
}

static void take_from(struct signal_queue *queue, int number, struct linux_siginfo *info)
{
	struct queued_signal *entry = signal_queue_take(queue, number);
	memset(info, 0, sizeof(*info));
	info->number = number;
	if (!entry)
		return;
	*info = entry->info;
	entry_free(entry);
}

int signal_dequeue(struct thread *self, sigset_bits blocked, struct linux_siginfo *info)
{
	struct signal_queue *queue = &self->pending;
	int number = signal_queue_next(queue->set & ~blocked);
	if (!number) {
		queue = &self->process->pending;
		number = signal_queue_next(queue->set & ~blocked);
	}
	if (number)
		take_from(queue, number, info);
	signal_update_work(self);
	return number;
}

void signal_flush_process(struct process *process, sigset_bits set)
{
	signal_free_entries(signal_queue_flush(&process->pending, set));
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		signal_free_entries(signal_queue_flush(&thread->pending, set));
}

void signal_begin_group_exit(struct process *process, uint32_t status)
{
	if (process->group_exiting)
		return;
	process->group_exiting = true;
	process->group_exit_status = status;
	process->stopping = false;
	process->stopped = false;
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process) {
		thread->stopped = false;
		signal_notify_thread(thread);
		wait_wake_thread(thread);
	}
}
