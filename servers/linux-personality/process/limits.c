/* SPDX-License-Identifier: MIT */
/*
 * Resource limits: prlimit64(2), and what a new limit changes at once.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/limits.h"
#include "process/tree.h"
#include "runtime/kernel.h"

void limits_init(struct rlimit_pair limits[RLIMIT_COUNT])
{
	const struct rlimit_pair unlimited = { LINUX_RLIM_INFINITY, LINUX_RLIM_INFINITY };
	for (uint32_t i = 0; i < RLIMIT_COUNT; i++)
		limits[i] = unlimited;
	limits[LINUX_RLIMIT_STACK].soft = 8ull << 20;
	limits[LINUX_RLIMIT_CORE].soft = 0;
	limits[LINUX_RLIMIT_NOFILE] = (struct rlimit_pair){ 1024, 4096 };
	limits[LINUX_RLIMIT_MEMLOCK] = (struct rlimit_pair){ 8ull << 20, 8ull << 20 };
	limits[LINUX_RLIMIT_MSGQUEUE] = (struct rlimit_pair){ 819200, 819200 };
	limits[LINUX_RLIMIT_NICE] = limits[LINUX_RLIMIT_RTPRIO] = (struct rlimit_pair){ 0, 0 };
}

/* Half of what fits in memory as threads of 16 KiB each: Linux's default for RLIMIT_NPROC and RLIMIT_SIGPENDING. */
void limits_set_threads(struct rlimit_pair limits[RLIMIT_COUNT], uint64_t memory_bytes)
{
	uint64_t threads = memory_bytes / (8 * 16384) / 2;
	limits[LINUX_RLIMIT_NPROC] = limits[LINUX_RLIMIT_SIGPENDING] = (struct rlimit_pair){ threads,
											     threads };
}

int limits_check(const struct rlimit_pair *old, const struct rlimit_pair *fresh, uint32_t resource,
		 bool capable)
{
	if (fresh->soft > fresh->hard)
		return -EINVAL;
	if (resource == LINUX_RLIMIT_NOFILE && fresh->hard > LINUX_NR_OPEN)
		return -EPERM;
	return fresh->hard > old->hard && !capable ? -EPERM : 0;
}

/* Limits that the kernel keeps for the space. P held. */
static void apply(struct process *process, uint32_t resource, uint64_t soft)
{
	struct mm *mm = process->threads ? process->threads->mm : NULL;
	if (resource == LINUX_RLIMIT_FSIZE)
		__atomic_store_n(&process->route.file_size_limit, soft, __ATOMIC_RELEASE);
	if (resource == LINUX_RLIMIT_NOFILE)
		__atomic_store_n(&process->route.poll_limit, soft, __ATOMIC_RELEASE);
	if (!mm)
		return;
	if (resource == LINUX_RLIMIT_AS)
		(void)k_aspace_limit(mm->aspace, LIMIT_MAPPED, soft);
	if (resource == LINUX_RLIMIT_DATA)
		(void)k_aspace_limit(mm->aspace, LIMIT_DATA, soft);
	if (resource == LINUX_RLIMIT_MEMLOCK)
		(void)k_aspace_limit(mm->aspace, LIMIT_LOCKED, soft);
}

static int set_limit(struct thread *self, struct process *target, uint32_t resource,
		     const struct rlimit_pair *fresh, struct rlimit_pair *before)
{
	int error = 0;
	lock_acquire(&target->lock);
	*before = target->limits[resource];
	if (fresh) {
		error = limits_check(before, fresh, resource, thread_capable(self, LINUX_CAP_SYS_RESOURCE));
		if (!error) {
			target->limits[resource] = *fresh;
			apply(target, resource, fresh->soft);
		}
	}
	lock_release(&target->lock);
	if (!error && fresh && resource == LINUX_RLIMIT_CPU && posix_timers_limit_changed)
		posix_timers_limit_changed(target);
	return error;
}

/* Same user and group in all three ids, or the capability. P of the target is taken. */
static bool may_change(struct thread *self, struct process *target)
{
	const struct credentials *mine = self->credentials;
	bool allowed = target == self->process || thread_capable(self, LINUX_CAP_SYS_RESOURCE);
	lock_acquire(&target->lock);
	if (!allowed && target->threads) {
		const struct credentials *its = target->threads->credentials;
		allowed = mine->uid == its->uid && mine->uid == its->euid && mine->uid == its->suid &&
			  mine->gid == its->gid && mine->gid == its->egid && mine->gid == its->sgid;
	}
	lock_release(&target->lock);
	return allowed;
}

/* T is held around the target's use unless it is the caller's own process. */
static int change(struct thread *self, int32_t pid, uint32_t resource, const struct rlimit_pair *fresh,
		  struct rlimit_pair *before)
{
	int error = -ESRCH;
	if (resource >= RLIMIT_COUNT)
		return -EINVAL;
	if (!pid || pid == self->process->pid)
		return set_limit(self, self->process, resource, fresh, before);
	lock_acquire(&process_tree_lock);
	struct thread *thread = thread_find(pid);
	struct process *target = thread ? thread->process : process_find(pid);
	if (target)
		process_get(target);
	lock_release(&process_tree_lock);
	if (target) {
		error = may_change(self, target) ? set_limit(self, target, resource, fresh, before) : -EPERM;
		process_put(target);
	}
	return error;
}

int64_t sys_prlimit64(struct thread *self, int32_t pid, uint32_t resource, gaddr_t new, gaddr_t old)
{
	struct rlimit_pair fresh, before;
	if (new.value && guest_read(&fresh, new, sizeof(fresh)))
		return -EFAULT;
	int error = change(self, pid, resource, new.value ? &fresh : NULL, &before);
	if (!error && old.value)
		error = guest_write(old, &before, sizeof(before));
	return error;
}

int64_t sys_getrlimit(struct thread *self, uint32_t resource, gaddr_t limit)
{
	struct rlimit_pair before;
	int error = change(self, 0, resource, NULL, &before);
	return error ? error : guest_write(limit, &before, sizeof(before));
}

int64_t sys_setrlimit(struct thread *self, uint32_t resource, gaddr_t limit)
{
	struct rlimit_pair fresh, before;
	if (guest_read(&fresh, limit, sizeof(fresh)))
		return -EFAULT;
	return change(self, 0, resource, &fresh, &before);
}
