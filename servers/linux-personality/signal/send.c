/* SPDX-License-Identifier: MIT */
/*
 * Sending: what a signal does the moment it is generated, whether it is queued, and which thread is woken for it.
 */
#include "signal/state.h"

#include <string.h>
#include "core/errno.h"
#include "core/slab.h"
#include "linux_abi/process.h"
#include "process/credentials.h"

/* What a process that is told ignores is taken all the same, and told then: as on Linux under a tracer. */
static bool ignored(struct process *process, struct thread *thread, int number)
{
	sigset_bits bit = SIGNAL_BIT(number);
	if ((thread->guest.signal_mask | thread->waiting_for) & bit)
		return false;
	struct disposition action = sighand_action(thread->sighand, number);
	if (action.handler > LINUX_SIG_IGN)
		return false;
	if (action.handler == LINUX_SIG_IGN || (bit & SIGNALS_DEFAULT_IGNORED))
		return !process->strace;
	return process->unkillable;
}

/* Stop signals and SIGCONT cancel each other when they are sent, whatever is blocked or ignored. */
static void cancel_opposites(struct process *process, int number)
{
	if (SIGNAL_BIT(number) & SIGNALS_STOP)
		signal_flush_process(process, SIGNAL_BIT(LINUX_SIGCONT));
	if (number != LINUX_SIGCONT)
		return;
	signal_flush_process(process, SIGNALS_STOP);
	signal_continue(process);
}

static bool is_realtime(int number)
{
	return number >= LINUX_SIGRTMIN;
}

static struct queued_signal *make_entry(struct process *process, int number, const struct linux_siginfo *info)
{
	struct user *user = process->leader ? process->leader->credentials->user : NULL;
	uint64_t limit = process->limits[LINUX_RLIMIT_SIGPENDING].soft;
	bool may_exceed = !is_realtime(number) && (!info || info->code >= 0);
	struct queued_signal *entry;
	if (user && !may_exceed && __atomic_load_n(&user->signals, __ATOMIC_RELAXED) >= limit)
		return NULL;
	entry = slab_allocate(sizeof(*entry));
	if (!entry)
		return NULL;
	if (user) {
		user_get(user);
		__atomic_add_fetch(&user->signals, 1, __ATOMIC_RELAXED);
	}
	entry->user = user;
	if (info)
		entry->info = *info;
	else
		entry->info.code = LINUX_SI_KERNEL;
	entry->info.number = number;
	return entry;
}

int signal_enqueue(struct process *process, struct signal_queue *queue, int number,
		   const struct linux_siginfo *info)
{
	if (!is_realtime(number) && (queue->set & SIGNAL_BIT(number)))
		return 1;
	struct queued_signal *entry = make_entry(process, number, info);
	if (entry)
		signal_queue_add(queue, entry);
	else if (is_realtime(number) && info && info->code != LINUX_SI_USER)
		return -EAGAIN;
	else
		queue->set |= SIGNAL_BIT(number);
	return 0;
}

static bool wants(const struct thread *thread, int number)
{
	if (thread->exiting || (thread->guest.signal_mask & SIGNAL_BIT(number)))
		return false;
	return number == LINUX_SIGKILL || !thread->stopped;
}

/* The default action would end the process, nothing stands in its way: it ends now, all threads at once. */
static bool ends_process(struct process *process, struct thread *thread, int number)
{
	if (!signal_default_fatal(number) || process->group_exiting || process->unkillable)
		return false;
	if (number != LINUX_SIGKILL && process->strace)
		return false;
	if (number != LINUX_SIGKILL && (SIGNAL_BIT(number) & (SIGNALS_CORE | thread->waiting_for)))
		return false;
	return sighand_action(thread->sighand, number).handler == LINUX_SIG_DFL;
}

static struct thread *choose(struct process *process, int number, struct thread *preferred)
{
	if (preferred && wants(preferred, number))
		return preferred;
	if (process->leader && wants(process->leader, number))
		return process->leader;
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		if (wants(thread, number) && !thread->signal_work)
			return thread;
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		if (wants(thread, number))
			return thread;
	return NULL;
}

void signal_choose_thread(struct process *process, int number, struct thread *preferred)
{
	struct thread *thread = choose(process, number, preferred);
	if (!thread)
		return;
	if (ends_process(process, thread, number))
		signal_begin_group_exit(process, (uint32_t)number);
	else
		signal_notify_thread(thread);
}

static void wake_watchers(struct process *process)
{
	wait_wake_all(&process->signal_queue_waiters, 0);
}

/* sigtimedwait: a thread that waits for the signal takes it although it is blocked. */
static void wake_takers(struct process *process, struct thread *only, int number)
{
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		if ((!only || only == thread) && (thread->waiting_for & SIGNAL_BIT(number)))
			wait_wake_thread(thread);
}

/* P. `thread` NULL: to the process. */
static int send_locked(struct process *process, struct thread *thread, int number,
		       const struct linux_siginfo *info)
{
	struct thread *judge = thread ? thread : process->leader ? process->leader : process->threads;
	struct signal_queue *queue = thread ? &thread->pending : &process->pending;
	int result;
	if (number == LINUX_SIGKILL && process->dumper) {
		process->group_exit_status = LINUX_SIGKILL;
		__atomic_store_n(&process->dump_abandoned, true, __ATOMIC_RELEASE);
		wait_wake_thread(process->dumper);
	}
	if (!judge || process->group_exiting)
		return 0;
	cancel_opposites(process, number);
	if (ignored(process, judge, number))
		return 0;
	result = signal_enqueue(process, queue, number, info);
	if (result)
		return result < 0 ? result : 0;
	signal_publish_pending(judge);
	wake_takers(process, thread, number);
	wake_watchers(process);
	if (!thread)
		signal_choose_thread(process, number, NULL);
	else if (wants(thread, number) && ends_process(process, thread, number))
		signal_begin_group_exit(process, (uint32_t)number);
	else if (wants(thread, number))
		signal_notify_thread(thread);
	return 0;
}

int signal_send_process(struct process *process, int number, const struct linux_siginfo *info)
{
	lock_acquire(&process->lock);
	int result = send_locked(process, NULL, number, info);
	lock_release(&process->lock);
	return result;
}

int signal_send_thread(struct thread *thread, int number, const struct linux_siginfo *info)
{
	struct process *process = thread->process;
	lock_acquire(&process->lock);
	int result = thread->exiting ? 0 : send_locked(process, thread, number, info);
	lock_release(&process->lock);
	return result;
}

int signal_send_group_locked(struct process_group *group, int number, const struct linux_siginfo *info)
{
	int result = -ESRCH;
	for (struct process *process = group->members; process; process = process->next_in_group) {
		int one = signal_send_process(process, number, info);
		if (result)
			result = one;
	}
	return result;
}

void signal_force(struct thread *self, int number, const struct linux_siginfo *info)
{
	struct process *process = self->process;
	struct sighand *sighand = self->sighand;
	struct disposition *action = &sighand->actions[number - 1];
	bool blocked = self->guest.signal_mask & SIGNAL_BIT(number);
	lock_acquire(&process->lock);
	lock_acquire(&sighand->lock);
	if (blocked || action->handler == LINUX_SIG_IGN)
		*action = (struct disposition){ .handler = LINUX_SIG_DFL };
	if (action->handler == LINUX_SIG_DFL)
		process->unkillable = false;
	lock_release(&sighand->lock);
	self->guest.signal_mask &= ~SIGNAL_BIT(number);
	(void)signal_enqueue(process, &self->pending, number, info);
	signal_update_work(self);
	lock_release(&process->lock);
}
