/* SPDX-License-Identifier: MIT */
/*
 * SIGCHLD: wait(2) and sigaction(2) say who gets it and when a child is reaped without being waited for. A default
 * disposition ignores the signal but keeps the zombie; only an explicit SIG_IGN or SA_NOCLDWAIT reaps.
 */
#include "process/notify.h"

#include "process/credentials.h"
#include "process/usage.h"
#include "signal/state.h"

static struct linux_siginfo describe(struct process *child, int number, int code, int32_t status)
{
	struct process_times times = process_times_of(child);
	lock_acquire(&child->lock);
	if (child->threads)
		child->uid = child->threads->credentials->uid;
	lock_release(&child->lock);
	return (struct linux_siginfo){
		.number = number,
		.code = code,
		.u.child = {
			.pid = child->pid,
			.uid = child->uid,
			.status = status,
			.user = ns_to_ticks(times.user_ns),
			.system = ns_to_ticks(times.system_ns),
		},
	};
}

static struct disposition parents_action(struct process *parent)
{
	struct disposition action = { 0 };
	lock_acquire(&parent->lock);
	if (parent->threads)
		action = sighand_action(parent->threads->sighand, LINUX_SIGCHLD);
	lock_release(&parent->lock);
	return action;
}

void process_notify_parent(struct process *child, int code, int32_t status)
{
	struct process *parent = child->parent;
	if (!parent)
		return;
	struct disposition action = parents_action(parent);
	struct linux_siginfo info = describe(child, LINUX_SIGCHLD, code, status);
	if (action.handler != LINUX_SIG_IGN && !(action.flags & LINUX_SA_NOCLDSTOP))
		(void)signal_send_process(parent, LINUX_SIGCHLD, &info);
	wait_wake_all(&parent->child_queue, 0);
}

bool process_notify_exit(struct process *child)
{
	struct process *parent = child->parent;
	int number = child->exit_signal;
	bool reap = false;
	if (!parent)
		return false;
	if (number == LINUX_SIGCHLD) {
		struct disposition action = parents_action(parent);
		reap = action.handler == LINUX_SIG_IGN || (action.flags & LINUX_SA_NOCLDWAIT);
		if (action.handler == LINUX_SIG_IGN)
			number = 0;
	}
	if (number) {
		struct linux_siginfo info = describe(child, number, wait_status_code(child->exit_status),
						     wait_status_value(child->exit_status));
		(void)signal_send_process(parent, number, &info);
	}
	wait_wake_all(&parent->child_queue, 0);
	return reap;
}
