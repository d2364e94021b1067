/* SPDX-License-Identifier: MIT */
/*
 * Membership of process groups, orphaned groups, and the calls that move a process: setpgid(2), setsid(2), getsid(2).
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "process/identity.h"
#include "process/tree.h"

void process_leave_group(struct process *process)
{
	struct process_group *group = process->group;
	if (!group)
		return;
	if (process->previous_in_group)
		process->previous_in_group->next_in_group = process->next_in_group;
	else
		group->members = process->next_in_group;
	if (process->next_in_group)
		process->next_in_group->previous_in_group = process->previous_in_group;
	process->next_in_group = process->previous_in_group = NULL;
	process->group = NULL;
	process_group_put(group);
}

void process_join_group(struct process *process, struct process_group *group)
{
	struct session *old = process->session;
	process_group_get(group);
	session_get(group->session);
	process_leave_group(process);
	process->group = group;
	process->session = group->session;
	process->next_in_group = group->members;
	if (group->members)
		group->members->previous_in_group = process;
	group->members = process;
	identity_publish_process(process);
	if (old)
		session_put(old);
}

bool process_group_is_orphaned(struct process_group *group, struct process *ignored)
{
	for (struct process *member = group->members; member; member = member->next_in_group) {
		struct process *parent = member->parent;
		if (member == ignored || member->state != PROCESS_ALIVE || !parent || parent == process_init)
			continue;
		if (parent->group != group && parent->session == group->session)
			return false;
	}
	return true;
}

bool process_group_has_stopped(struct process_group *group)
{
	for (struct process *member = group->members; member; member = member->next_in_group)
		if (member->stopped)
			return true;
	return false;
}

/* May the caller move `target` (itself or a child before its exec)? */
static int setpgid_check(struct thread *self, struct process *target)
{
	if (!target || target->state != PROCESS_ALIVE)
		return -ESRCH;
	if (target != self->process) {
		if (target->parent != self->process)
			return -ESRCH;
		if (target->session != self->process->session)
			return -EPERM;
		if (target->did_exec)
			return -EACCES;
	}
	return target->session->leader == target ? -EPERM : 0;
}

static int setpgid_locked(struct thread *self, int32_t pid, int32_t id)
{
	struct process *target = process_find(pid ? pid : self->process->pid);
	int error = setpgid_check(self, target);
	if (error)
		return error;
	if (!id)
		id = target->pid;
	struct process_group *group = process_group_find(id);
	if (group ? group->session != self->process->session : id != target->pid)
		return -EPERM;
	if (group == target->group)
		return 0;
	if (group)
		process_group_get(group);
	else
		group = process_group_create(id, target->session);
	if (!group)
		return -ENOMEM;
	process_join_group(target, group);
	process_group_put(group);
	return 0;
}

int64_t sys_setpgid(struct thread *self, int32_t pid, int32_t group)
{
	if (group < 0)
		return -EINVAL;
	lock_acquire(&process_tree_lock);
	int result = setpgid_locked(self, pid, group);
	lock_release(&process_tree_lock);
	return result;
}

static struct process *find_or_self(struct thread *self, int32_t pid)
{
	if (!pid)
		return self->process;
	struct process *process = process_find(pid);
	if (process)
		return process;
	struct thread *thread = thread_find(pid);
	return thread ? thread->process : NULL;
}

int64_t sys_getpgid(struct thread *self, int32_t pid)
{
	lock_acquire(&process_tree_lock);
	struct process *process = find_or_self(self, pid);
	int result = process && process->group ? process->group->id : -ESRCH;
	lock_release(&process_tree_lock);
	return result;
}

int64_t sys_getpgrp(struct thread *self)
{
	return sys_getpgid(self, 0);
}

int64_t sys_getsid(struct thread *self, int32_t pid)
{
	lock_acquire(&process_tree_lock);
	struct process *process = find_or_self(self, pid);
	int result = process && process->session ? process->session->id : -ESRCH;
	lock_release(&process_tree_lock);
	return result;
}

static int setsid_locked(struct process *process)
{
	struct process_group *group;
	struct session *session;
	if (process->session->leader == process || process_group_find(process->pid))
		return -EPERM;
	session = session_create(process->pid);
	if (!session)
		return -ENOMEM;
	group = process_group_create(process->pid, session);
	if (!group) {
		session_put(session);
		return -ENOMEM;
	}
	session->leader = process;
	process_join_group(process, group);
	process_group_put(group);
	session_put(session);
	return process->pid;
}

int64_t sys_setsid(struct thread *self)
{
	lock_acquire(&process_tree_lock);
	int result = setsid_locked(self->process);
	lock_release(&process_tree_lock);
	return result;
}
