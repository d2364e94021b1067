/* SPDX-License-Identifier: MIT */
/*
 * sched_setscheduler(2) and its relatives: sched(7) says who may set what.
 */
#include <string.h>
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/process.h"
#include "process/schedule.h"
#include "runtime/kernel.h"

struct setting {
	uint32_t policy, priority;
	int32_t nice;
	bool reset_on_fork;
};

/* T held. 0: the caller. */
static struct thread *find(struct thread *self, int32_t tid)
{
	return tid ? thread_find(tid) : self;
}

static bool is_realtime(uint32_t policy)
{
	return policy == LINUX_SCHED_FIFO || policy == LINUX_SCHED_RR;
}

static bool policy_known(uint32_t policy)
{
	return policy == LINUX_SCHED_OTHER || is_realtime(policy) || policy == LINUX_SCHED_BATCH ||
	       policy == LINUX_SCHED_IDLE;
}

static bool owns(const struct thread *self, const struct thread *target)
{
	uint32_t euid = self->credentials->euid;
	return euid == target->credentials->euid || euid == target->credentials->uid;
}

/* What an unprivileged caller may not do. */
static bool may_set(const struct thread *self, const struct thread *target, const struct setting *setting)
{
	const struct rlimit_pair *limits = target->process->limits;
	bool nicer = setting->nice >= target->nice ||
		     (uint64_t)(20 - setting->nice) <= limits[LINUX_RLIMIT_NICE].soft;
	if (thread_capable(self, LINUX_CAP_SYS_NICE))
		return true;
	if (is_realtime(setting->policy)) {
		uint64_t limit = limits[LINUX_RLIMIT_RTPRIO].soft;
		if (setting->policy != target->scheduling_policy && !limit)
			return false;
		if (setting->priority > target->realtime_priority && setting->priority > limit)
			return false;
	}
	if (!is_realtime(setting->policy) && !nicer)
		return false;
	if (target->scheduling_policy == LINUX_SCHED_IDLE && setting->policy != LINUX_SCHED_IDLE &&
	    (uint64_t)(20 - target->nice) > limits[LINUX_RLIMIT_NICE].soft)
		return false;
	if (target->reset_on_fork && !setting->reset_on_fork)
		return false;
	return owns(self, target);
}

static int apply(struct thread *self, struct thread *target, const struct setting *setting)
{
	if (!policy_known(setting->policy))
		return -EINVAL;
	if (is_realtime(setting->policy) ? setting->priority < 1 || setting->priority > 99
					 : setting->priority)
		return -EINVAL;
	if (!may_set(self, target, setting))
		return -EPERM;
	lock_acquire(&target->process->lock);
	target->scheduling_policy = setting->policy;
	target->realtime_priority = setting->priority;
	if (!is_realtime(setting->policy))
		target->nice = setting->nice;
	target->reset_on_fork = setting->reset_on_fork;
	schedule_apply(target);
	lock_release(&target->process->lock);
	return 0;
}

/* policy below 0: keep it (sched_setparam). */
static int64_t set_scheduler(struct thread *self, int32_t tid, int32_t policy, gaddr_t parameter)
{
	int32_t priority;
	int result = -ESRCH;
	if (tid < 0 || !parameter.value)
		return -EINVAL;
	if (guest_read(&priority, parameter, sizeof(priority)))
		return -EFAULT;
	lock_acquire(&process_tree_lock);
	struct thread *target = find(self, tid);
	if (target) {
		struct setting setting = {
			.policy = policy < 0 ? target->scheduling_policy
					     : (uint32_t)policy & ~LINUX_SCHED_RESET_ON_FORK,
			.priority = (uint32_t)priority,
			.nice = target->nice,
			.reset_on_fork = policy < 0 ? target->reset_on_fork
						    : policy & LINUX_SCHED_RESET_ON_FORK,
		};
		result = apply(self, target, &setting);
	}
	lock_release(&process_tree_lock);
	return result;
}

int64_t sys_sched_setscheduler(struct thread *self, int32_t pid, int32_t policy, gaddr_t parameter)
{
	return policy < 0 ? -EINVAL : set_scheduler(self, pid, policy, parameter);
}

int64_t sys_sched_setparam(struct thread *self, int32_t pid, gaddr_t parameter)
{
	return set_scheduler(self, pid, -1, parameter);
}

/* Copies what the get calls tell: false, no such thread. */
static bool read_setting(struct thread *self, int32_t tid, struct setting *setting, uint64_t *cpu_mask)
{
	lock_acquire(&process_tree_lock);
	struct thread *target = find(self, tid);
	if (target) {
		*setting = (struct setting){ target->scheduling_policy, target->realtime_priority,
					     target->nice, target->reset_on_fork };
		*cpu_mask = target->cpu_mask;
	}
	lock_release(&process_tree_lock);
	return target;
}

int64_t sys_sched_getscheduler(struct thread *self, int32_t pid)
{
	struct setting setting;
	uint64_t mask;
	if (pid < 0)
		return -EINVAL;
	if (!read_setting(self, pid, &setting, &mask))
		return -ESRCH;
	return setting.policy | (setting.reset_on_fork ? LINUX_SCHED_RESET_ON_FORK : 0);
}

int64_t sys_sched_getparam(struct thread *self, int32_t pid, gaddr_t parameter)
{
	struct setting setting;
	uint64_t mask;
	if (pid < 0 || !parameter.value)
		return -EINVAL;
	if (!read_setting(self, pid, &setting, &mask))
		return -ESRCH;
	return guest_write(parameter, &setting.priority, sizeof(setting.priority));
}

int64_t sys_sched_get_priority_max(struct thread *self, int32_t policy)
{
	(void)self;
	if (policy == LINUX_SCHED_DEADLINE)
		return 0;
	if (policy < 0 || !policy_known((uint32_t)policy))
		return -EINVAL;
	return is_realtime((uint32_t)policy) ? 99 : 0;
}

int64_t sys_sched_get_priority_min(struct thread *self, int32_t policy)
{
	(void)self;
	if (policy == LINUX_SCHED_DEADLINE)
		return 0;
	if (policy < 0 || !policy_known((uint32_t)policy))
		return -EINVAL;
	return is_realtime((uint32_t)policy) ? 1 : 0;
}

int64_t sys_sched_rr_get_interval(struct thread *self, int32_t pid, gaddr_t interval)
{
	struct linux_timespec slice = { 0, 0 };
	struct setting setting;
	uint64_t mask;
	if (pid < 0)
		return -EINVAL;
	if (!read_setting(self, pid, &setting, &mask))
		return -ESRCH;
	if (setting.policy == LINUX_SCHED_RR)
		slice.nanoseconds = 100000000;
	else if (setting.policy != LINUX_SCHED_FIFO)
		slice.nanoseconds = 4000000;
	return guest_write(interval, &slice, sizeof(slice));
}

int64_t sys_sched_yield(struct thread *self)
{
	(void)self;
	(void)k_thread_yield();
	return 0;
}

static uint64_t cpus_present(void)
{
	return 1;
}

int64_t sys_sched_getaffinity(struct thread *self, int32_t pid, uint32_t bytes, gaddr_t mask)
{
	struct setting setting;
	uint64_t cpus;
	if (bytes < sizeof(cpus) || bytes % sizeof(cpus))
		return -EINVAL;
	if (!read_setting(self, pid, &setting, &cpus))
		return -ESRCH;
	cpus &= cpus_present();
	return guest_write(mask, &cpus, sizeof(cpus)) ? -EFAULT : (int64_t)sizeof(cpus);
}

int64_t sys_sched_setaffinity(struct thread *self, int32_t pid, uint32_t bytes, gaddr_t mask)
{
	uint64_t cpus = 0;
	int result = -ESRCH;
	if (guest_read(&cpus, mask, bytes < sizeof(cpus) ? bytes : sizeof(cpus)))
		return -EFAULT;
	lock_acquire(&process_tree_lock);
	struct thread *target = find(self, pid);
	if (target) {
		bool allowed = owns(self, target) || thread_capable(self, LINUX_CAP_SYS_NICE);
		result = !allowed ? -EPERM : cpus & cpus_present() ? 0 : -EINVAL;
		if (!result) {
			target->cpu_mask = cpus;
			schedule_apply(target);
		}
	}
	lock_release(&process_tree_lock);
	return result;
}

static int read_attributes(gaddr_t where, struct linux_sched_attr *attributes)
{
	uint32_t size;
	memset(attributes, 0, sizeof(*attributes));
	if (guest_read(&size, where, sizeof(size)))
		return -EFAULT;
	if (!size)
		size = LINUX_SCHED_ATTR_SIZE_VER0;
	if (size < LINUX_SCHED_ATTR_SIZE_VER0 || size > 4096)
		return -E2BIG;
	for (uint32_t at = sizeof(*attributes); at < size; at++) {
		uint8_t byte;
		if (guest_read(&byte, gaddr_add(where, at), 1))
			return -EFAULT;
		if (byte)
			return -E2BIG;
	}
	return guest_read(attributes, where, size < sizeof(*attributes) ? size : sizeof(*attributes));
}

int64_t sys_sched_setattr(struct thread *self, int32_t pid, gaddr_t attributes, uint32_t flags)
{
	struct linux_sched_attr given;
	int result;
	if (!attributes.value || pid < 0 || flags)
		return -EINVAL;
	result = read_attributes(attributes, &given);
	if (result)
		return result;
	if ((int32_t)given.policy < 0 || (given.flags & ~(uint64_t)LINUX_SCHED_FLAG_RESET_ON_FORK))
		return -EINVAL;
	struct setting setting = {
		.policy = given.policy,
		.priority = given.priority,
		.nice = given.nice < NICE_MIN   ? NICE_MIN
			: given.nice > NICE_MAX ? NICE_MAX
						: given.nice,
		.reset_on_fork = given.flags & LINUX_SCHED_FLAG_RESET_ON_FORK,
	};
	lock_acquire(&process_tree_lock);
	struct thread *target = find(self, pid);
	result = target ? apply(self, target, &setting) : -ESRCH;
	lock_release(&process_tree_lock);
	return result;
}

int64_t sys_sched_getattr(struct thread *self, int32_t pid, gaddr_t attributes, uint32_t bytes,
			  uint32_t flags)
{
	struct linux_sched_attr out = { 0 };
	struct setting setting;
	uint64_t mask;
	if (!attributes.value || pid < 0 || bytes > 4096 || bytes < LINUX_SCHED_ATTR_SIZE_VER0 || flags)
		return -EINVAL;
	if (!read_setting(self, pid, &setting, &mask))
		return -ESRCH;
	out.size = bytes < sizeof(out) ? bytes : (uint32_t)sizeof(out);
	out.policy = setting.policy;
	out.flags = setting.reset_on_fork ? LINUX_SCHED_FLAG_RESET_ON_FORK : 0;
	out.nice = is_realtime(setting.policy) ? 0 : setting.nice;
	out.priority = setting.priority;
	return guest_write(attributes, &out, out.size);
}
