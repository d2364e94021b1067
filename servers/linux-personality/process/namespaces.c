/* SPDX-License-Identifier: MIT */
/*
 * Inheriting, checking and unsharing namespaces: clone(2), unshare(2), setns(2).
 */
#include "process/namespaces.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "file/files.h"
#include "core/survive.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "signal/state.h"

#define NAMESPACES_ABSENT                                                                                    \
	(LINUX_CLONE_NEWTIME | LINUX_CLONE_NEWCGROUP | LINUX_CLONE_NEWIPC | LINUX_CLONE_NEWUSER |            \
	 LINUX_CLONE_NEWPID | LINUX_CLONE_NEWNET)
#define NAMESPACES_HERE (LINUX_CLONE_NEWNS | LINUX_CLONE_NEWUTS)
#define UNSHARE_KNOWN                                                                                        \
	(LINUX_CLONE_THREAD | LINUX_CLONE_FS | LINUX_CLONE_SIGHAND | LINUX_CLONE_VM | LINUX_CLONE_FILES |    \
	 LINUX_CLONE_SYSVSEM | NAMESPACES_ABSENT | NAMESPACES_HERE)

SURVIVES static uint64_t numbers_given;

uint64_t namespace_number_next(void)
{
	return NAMESPACE_NUMBER_LATER + __atomic_fetch_add(&numbers_given, 1, __ATOMIC_RELAXED);
}

int namespaces_check(struct thread *self, uint64_t flags)
{
	if ((flags & NAMESPACES_HERE) && !thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & NAMESPACES_ABSENT)
		return thread_capable(self, LINUX_CAP_SYS_ADMIN) || (flags & LINUX_CLONE_NEWUSER) ? -EINVAL
												  : -EPERM;
	return 0;
}

static int inherit_uts(struct process *process, struct process *parent, uint64_t flags)
{
	process->uts = parent->uts;
	if (!parent->uts || !uts_namespace_get || !uts_namespace_copy)
		return 0;
	if (flags & LINUX_CLONE_NEWUTS)
		process->uts = uts_namespace_copy(parent->uts);
	else
		uts_namespace_get(parent->uts);
	return process->uts ? 0 : -ENOMEM;
}

int namespaces_inherit(struct process *process, struct thread *child, struct process *parent, uint64_t flags)
{
	int error = inherit_uts(process, parent, flags);
	if (error)
		return error;
	process->mounts = parent->mounts;
	if (!(flags & LINUX_CLONE_NEWNS)) {
		mount_namespace_get(parent->mounts);
		return 0;
	}
	process->mounts = mount_namespace_copy(parent->mounts, child->fs);
	if (process->mounts)
		return 0;
	namespaces_drop(process);
	return -ENOMEM;
}

void namespaces_drop(struct process *process)
{
	if (process->uts && uts_namespace_put)
		uts_namespace_put(process->uts);
	if (process->mounts)
		mount_namespace_put(process->mounts);
	process->uts = NULL;
	process->mounts = NULL;
}

static int unshare_files(struct thread *self)
{
	struct files *fresh = files_copy(self->files), *old = self->files;
	if (!fresh)
		return -ENOMEM;
	lock_acquire(&self->process->lock);
	self->files = fresh;
	files_publish(self);
	lock_release(&self->process->lock);
	files_put(old);
	return 0;
}

static int unshare_fs(struct thread *self)
{
	struct fs_context *fresh = fs_context_copy(self->fs), *old = self->fs;
	if (!fresh)
		return -ENOMEM;
	lock_acquire(&self->process->lock);
	self->fs = fresh;
	lock_release(&self->process->lock);
	fs_context_put(old);
	return 0;
}

static int unshare_uts(struct thread *self)
{
	struct process *process = self->process;
	struct uts_namespace *fresh, *old = process->uts;
	if (!old || !uts_namespace_copy || !uts_namespace_put)
		return -EINVAL;
	fresh = uts_namespace_copy(old);
	if (!fresh)
		return -ENOMEM;
	lock_acquire(&process->lock);
	process->uts = fresh;
	lock_release(&process->lock);
	uts_namespace_put(old);
	return 0;
}

static int unshare_mounts(struct thread *self)
{
	struct process *process = self->process;
	struct mount_namespace *old = process->mounts, *fresh = mount_namespace_copy(old, self->fs);
	if (!fresh)
		return -ENOMEM;
	lock_acquire(&process->lock);
	process->mounts = fresh;
	lock_release(&process->lock);
	mount_namespace_put(old);
	return 0;
}

/* Threads of one process cannot stop sharing what makes them threads. */
static int check_unshare(struct thread *self, uint32_t flags)
{
	if (flags & ~UNSHARE_KNOWN)
		return -EINVAL;
	if ((flags & (LINUX_CLONE_THREAD | LINUX_CLONE_VM | LINUX_CLONE_SIGHAND)) &&
	    self->process->thread_count > 1)
		return -EINVAL;
	if ((flags & LINUX_CLONE_SIGHAND) && self->sighand->references > 1)
		return -EINVAL;
	return namespaces_check(self, flags);
}

int64_t sys_unshare(struct thread *self, uint32_t flags)
{
	int error = check_unshare(self, flags);
	if (!error && (flags & (LINUX_CLONE_FS | LINUX_CLONE_NEWNS)))
		error = unshare_fs(self);
	if (!error && (flags & LINUX_CLONE_FILES))
		error = unshare_files(self);
	if (!error && (flags & LINUX_CLONE_NEWUTS))
		error = unshare_uts(self);
	if (!error && (flags & LINUX_CLONE_NEWNS))
		error = unshare_mounts(self);
	return error;
}
