/* SPDX-License-Identifier: MIT */
/*
 * Group stops: every thread joins at its next boundary, the last one tells the parent; SIGCONT lets all go on.
 */
#include "process/exit.h"
#include "process/notify.h"
#include "signal/state.h"

static void stop_complete(struct process *process)
{
	process->stopping = false;
	process->stopped = true;
	process->stop_waitable = true;
	process->notify_code = LINUX_CLD_STOPPED;
}

void signal_stop_leave(struct thread *thread)
{
	struct process *process = thread->process;
	if (process->stopping && !thread->stopped && !--process->stop_pending_count)
		stop_complete(process);
}

void signal_join_stop(struct thread *self)
{
	signal_stop_leave(self);
	self->stopped = true;
	bool report = self->process->notify_code;
	signal_update_work(self);
	self->wake_seen = __atomic_load_n(&self->wake_count, __ATOMIC_ACQUIRE);
	lock_release(&self->process->lock);
	if (report)
		signal_report_to_parent(self);
	while (__atomic_load_n(&self->stopped, __ATOMIC_ACQUIRE))
		if (wait_sleep(self, DEADLINE_NEVER, WAIT_KILL_ONLY))
			break;
}

void signal_begin_stop(struct thread *self, int number)
{
	struct process *process = self->process;
	if (!process->stopping) {
		process->stopping = true;
		process->stop_signal = (uint32_t)number;
		process->stop_pending_count = 0;
		for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
			if (!thread->exiting)
				process->stop_pending_count++;
		for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
			if (thread != self && !thread->exiting)
				signal_notify_thread(thread);
	}
	signal_join_stop(self);
}

void signal_continue(struct process *process)
{
	if (!process->stopping && !process->stopped)
		return;
	process->notify_code = process->stopped ? LINUX_CLD_CONTINUED : LINUX_CLD_STOPPED;
	process->stopping = false;
	process->stopped = false;
	process->stop_waitable = false;
	process->continue_waitable = true;
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process) {
		__atomic_store_n(&thread->stopped, false, __ATOMIC_RELEASE);
		signal_notify_thread(thread);
		wait_wake_thread(thread);
	}
}

void signal_report_to_parent(struct thread *self)
{
	struct process *process = self->process;
	lock_acquire(&process_tree_lock);
	lock_acquire(&process->lock);
	int code = process->notify_code;
	uint32_t status = code == LINUX_CLD_CONTINUED ? LINUX_SIGCONT : process->stop_signal;
	process->notify_code = 0;
	signal_update_work(self);
	lock_release(&process->lock);
	if (code)
		process_notify_parent(process, code, (int32_t)status);
	lock_release(&process_tree_lock);
}
