/* SPDX-License-Identifier: MIT */
/*
 * Calls that send signals: kill(2), tgkill(2), rt_sigqueueinfo(2), and who may.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "process/credentials.h"
#include "process/pidfd.h"
#include "process/tree.h"
#include "signal/state.h"

struct linux_siginfo siginfo_from_sender(struct thread *self, int number, int code)
{
	return (struct linux_siginfo){
		.number = number,
		.code = code,
		.u.sender = { .pid = self->process->pid, .uid = self->credentials->uid },
	};
}

static bool same_user(const struct credentials *mine, const struct credentials *its)
{
	return mine->euid == its->suid || mine->euid == its->uid || mine->uid == its->suid ||
	       mine->uid == its->uid;
}

/* T held. */
int signal_permission(struct thread *self, struct process *target, int number)
{
	struct credentials *its;
	bool allowed;
	if (target == self->process || thread_capable(self, LINUX_CAP_KILL))
		return 0;
	if (number == LINUX_SIGCONT && target->session == self->process->session)
		return 0;
	lock_acquire(&target->lock);
	its = target->threads ? target->threads->credentials : NULL;
	allowed = !its || same_user(self->credentials, its);
	lock_release(&target->lock);
	return allowed ? 0 : -EPERM;
}

/* T held. A number of 0 only asks. */
static int send_checked(struct thread *self, struct process *target, int number,
			const struct linux_siginfo *info)
{
	int error = signal_permission(self, target, number);
	if (error || !number)
		return error;
	return signal_send_process(target, number, info);
}

static int kill_group(struct thread *self, struct process_group *group, int number,
		      const struct linux_siginfo *info)
{
	int result = -ESRCH;
	for (struct process *process = group ? group->members : NULL; process;
	     process = process->next_in_group) {
		int one = send_checked(self, process, number, info);
		if (result && (result != -EPERM || !one))
			result = one;
	}
	return result;
}

struct broadcast {
	struct thread *self;
	int number;
	const struct linux_siginfo *info;
	int result;
};

static void kill_one_of_all(struct process *process, void *context)
{
	struct broadcast *broadcast = context;
	if (process->pid <= 1 || process == broadcast->self->process)
		return;
	int one = send_checked(broadcast->self, process, broadcast->number, broadcast->info);
	if (broadcast->result && one != -EPERM)
		broadcast->result = one;
	if (broadcast->result == -ESRCH)
		broadcast->result = one;
}

static int kill_all(struct thread *self, int number, const struct linux_siginfo *info)
{
	struct broadcast broadcast = { self, number, info, -ESRCH };
	process_for_each(kill_one_of_all, &broadcast);
	return broadcast.result;
}

static struct process *process_find_any(int32_t pid)
{
	struct process *process = process_find(pid);
	if (process)
		return process;
	struct thread *thread = thread_find(pid);
	return thread ? thread->process : NULL;
}

int64_t sys_kill(struct thread *self, int32_t pid, int32_t number)
{
	struct linux_siginfo info = siginfo_from_sender(self, number, LINUX_SI_USER);
	int result;
	if (number < 0 || number > SIGNAL_COUNT)
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	lock_acquire(&process_tree_lock);
	if (pid > 0) {
		struct process *target = process_find_any(pid);
		result = target ? send_checked(self, target, number, &info) : -ESRCH;
	} else if (pid == -1) {
		result = kill_all(self, number, &info);
	} else {
		struct process_group *group = pid ? process_group_find(-pid) : self->process->group;
		result = kill_group(self, group, number, &info);
	}
	lock_release(&process_tree_lock);
	return result;
}

/* tgid 0: any. */
static int send_to_thread(struct thread *self, int32_t tgid, int32_t tid, const struct linux_siginfo *info)
{
	int number = info->number, result = -ESRCH;
	lock_acquire(&process_tree_lock);
	struct thread *target = thread_find(tid);
	if (target && (!tgid || target->process->pid == tgid)) {
		result = signal_permission(self, target->process, number);
		if (!result && number)
			result = signal_send_thread(target, number, info);
	}
	lock_release(&process_tree_lock);
	return result;
}

int64_t sys_tgkill(struct thread *self, int32_t tgid, int32_t tid, int32_t number)
{
	struct linux_siginfo info = siginfo_from_sender(self, number, LINUX_SI_TKILL);
	if (tgid <= 0 || tid <= 0 || number < 0 || number > SIGNAL_COUNT)
		return -EINVAL;
	return send_to_thread(self, tgid, tid, &info);
}

int64_t sys_tkill(struct thread *self, int32_t tid, int32_t number)
{
	struct linux_siginfo info = siginfo_from_sender(self, number, LINUX_SI_TKILL);
	if (tid <= 0 || number < 0 || number > SIGNAL_COUNT)
		return -EINVAL;
	return send_to_thread(self, 0, tid, &info);
}

/* A siginfo made by the sender: only to oneself may it look as if the kernel or kill had made it. */
static int read_queued_info(struct thread *self, int32_t target, int32_t number, gaddr_t where,
			    struct linux_siginfo *info)
{
	if (guest_read(info, where, sizeof(*info)))
		return -EFAULT;
	info->number = number;
	if ((info->code >= 0 || info->code == LINUX_SI_TKILL) && target != self->process->pid)
		return -EPERM;
	return number < 0 || number > SIGNAL_COUNT ? -EINVAL : 0;
}

int64_t sys_rt_sigqueueinfo(struct thread *self, int32_t pid, int32_t number, gaddr_t info)
{
	struct linux_siginfo queued;
	int result = read_queued_info(self, pid, number, info, &queued);
	if (result)
		return result;
	lock_acquire(&process_tree_lock);
	struct process *target = process_find_any(pid);
	result = target ? send_checked(self, target, number, &queued) : -ESRCH;
	lock_release(&process_tree_lock);
	return result;
}

int64_t sys_rt_tgsigqueueinfo(struct thread *self, int32_t tgid, int32_t tid, int32_t number, gaddr_t info)
{
	struct linux_siginfo queued;
	int result;
	if (tgid <= 0 || tid <= 0)
		return -EINVAL;
	result = read_queued_info(self, tgid, number, info, &queued);
	return result ? result : send_to_thread(self, tgid, tid, &queued);
}

int64_t sys_pidfd_send_signal(struct thread *self, int32_t fd, int32_t number, gaddr_t info, uint32_t flags)
{
	struct linux_siginfo sent = siginfo_from_sender(self, number, LINUX_SI_USER);
	struct process *target;
	int result;
	if (flags)
		return -EINVAL;
	target = pidfd_process(self, fd, &result);
	if (!target)
		return result;
	if (info.value) {
		result = guest_read(&sent, info, sizeof(sent));
		if (!result && sent.number != number)
			result = -EINVAL;
		if (!result)
			result = read_queued_info(self, target->pid, number, info, &sent);
	}
	lock_acquire(&process_tree_lock);
	if (!result)
		result = target->state == PROCESS_DEAD         ? -ESRCH
			 : number < 0 || number > SIGNAL_COUNT ? -EINVAL
							       : send_checked(self, target, number, &sent);
	lock_release(&process_tree_lock);
	process_put(target);
	return result;
}
