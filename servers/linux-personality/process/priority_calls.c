/* SPDX-License-Identifier: MIT */
/*
 * getpriority(2), setpriority(2): nice values of a process's threads, a group's, a user's.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/schedule.h"
#include "process/tree.h"

struct priority_walk {
	struct thread *self;
	int which;
	int32_t who;
	void (*visit)(struct priority_walk *walk, struct thread *thread);
	int32_t nice;
	int result;
};

static int set_one(struct thread *self, struct thread *target, int32_t nice)
{
	uint32_t euid = self->credentials->euid;
	bool capable = thread_capable(self, LINUX_CAP_SYS_NICE);
	uint64_t limit = target->process->limits[LINUX_RLIMIT_NICE].soft;
	if (euid != target->credentials->euid && euid != target->credentials->uid && !capable)
		return -EPERM;
	if (nice < target->nice && !capable && (uint64_t)(20 - nice) > limit)
		return -EACCES;
	target->nice = nice;
	schedule_apply(target);
	return 0;
}

static void visit_set(struct priority_walk *walk, struct thread *thread)
{
	int one = set_one(walk->self, thread, walk->nice);
	if (one || walk->result == -ESRCH)
		walk->result = one;
}

/* The highest priority: the answer is 20 - nice, so that it is never negative. */
static void visit_get(struct priority_walk *walk, struct thread *thread)
{
	int one = 20 - thread->nice;
	if (walk->result == -ESRCH || one > walk->result)
		walk->result = one;
}

static void visit_process(struct process *process, void *context)
{
	struct priority_walk *walk = context;
	if (walk->which == LINUX_PRIO_PGRP && (!process->group || process->group->id != walk->who))
		return;
	lock_acquire(&process->lock);
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		if (walk->which == LINUX_PRIO_PGRP || thread->credentials->uid == (uint32_t)walk->who)
			walk->visit(walk, thread);
	lock_release(&process->lock);
}

static int walk_all(struct priority_walk *walk)
{
	struct thread *target;
	walk->result = -ESRCH;
	if (walk->which < LINUX_PRIO_PROCESS || walk->which > LINUX_PRIO_USER)
		return -EINVAL;
	lock_acquire(&process_tree_lock);
	if (walk->which == LINUX_PRIO_PROCESS) {
		target = walk->who ? thread_find(walk->who) : walk->self;
		if (target) {
			lock_acquire(&target->process->lock);
			walk->visit(walk, target);
			lock_release(&target->process->lock);
		}
	} else {
		if (!walk->who)
			walk->who = walk->which == LINUX_PRIO_PGRP ? walk->self->process->group->id
								   : (int32_t)walk->self->credentials->uid;
		process_for_each(visit_process, walk);
	}
	lock_release(&process_tree_lock);
	return walk->result;
}

int64_t sys_getpriority(struct thread *self, int32_t which, int32_t who)
{
	struct priority_walk walk = { .self = self, .which = which, .who = who, .visit = visit_get };
	return walk_all(&walk);
}

int64_t sys_setpriority(struct thread *self, int32_t which, int32_t who, int32_t nice)
{
	struct priority_walk walk = { .self = self, .which = which, .who = who, .visit = visit_set };
	walk.nice = nice < NICE_MIN ? NICE_MIN : nice > NICE_MAX ? NICE_MAX : nice;
	return walk_all(&walk);
}
