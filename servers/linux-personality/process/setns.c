/* SPDX-License-Identifier: MIT */
/*
 * setns(2): into the namespace that a file of /proc/PID/ns names. The file holds a number; the namespace is found through the
 * processes that are in it.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "file/file.h"
#include "fs/mount.h"
#include "fs/walk.h"
#include "linux_abi/process.h"
#include "proc/process_nodes.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/namespaces.h"
#include "process/tree.h"
#include "system/uts.h"

struct search {
	uint64_t number;
	struct uts_namespace *uts;      /* found; referenced */
	struct mount_namespace *mounts; /* likewise */
};

static void visit(struct process *process, void *context)
{
	struct search *search = context;
	lock_acquire(&process->lock);
	if (!search->uts && process->uts && process->uts->id == search->number) {
		search->uts = process->uts;
		uts_namespace_get(search->uts);
	}
	if (!search->mounts && process->mounts && process->mounts->id == search->number) {
		search->mounts = process->mounts;
		mount_namespace_get(search->mounts);
	}
	lock_release(&process->lock);
}

static void enter_uts(struct process *process, struct uts_namespace *fresh)
{
	lock_acquire(&process->lock);
	struct uts_namespace *old = process->uts;
	process->uts = fresh;
	lock_release(&process->lock);
	uts_namespace_put(old);
}

/* Root and working directory become the namespace's root. */
static void enter_mounts(struct thread *self, struct mount_namespace *fresh)
{
	struct process *process = self->process;
	struct path top = mount_namespace_top(fresh), root, working;
	path_get(&top);
	lock_acquire(&process->lock);
	struct mount_namespace *old = process->mounts;
	process->mounts = fresh;
	lock_acquire(&self->fs->lock);
	root = self->fs->root;
	working = self->fs->working;
	self->fs->root = self->fs->working = top;
	lock_release(&self->fs->lock);
	lock_release(&process->lock);
	path_put(&root);
	path_put(&working);
	mount_namespace_put(old);
}

static uint64_t flag_of_number(uint64_t number)
{
	switch (number) {
	case NAMESPACE_NUMBER_TIME: return LINUX_CLONE_NEWTIME;
	case NAMESPACE_NUMBER_CGROUP: return LINUX_CLONE_NEWCGROUP;
	case NAMESPACE_NUMBER_PID: return LINUX_CLONE_NEWPID;
	case NAMESPACE_NUMBER_USER: return LINUX_CLONE_NEWUSER;
	case NAMESPACE_NUMBER_IPC: return LINUX_CLONE_NEWIPC;
	case NAMESPACE_NUMBER_NET: return LINUX_CLONE_NEWNET;
	default: return 0;
	}
}

/* Which kind the number is of; a UTS or mount namespace is left referenced in search. 0: of none any more. */
static uint64_t find_kind(struct search *search)
{
	uint64_t flag = flag_of_number(search->number);
	if (flag)
		return flag;
	lock_acquire(&process_tree_lock);
	process_for_each(visit, search);
	lock_release(&process_tree_lock);
	return search->uts ? LINUX_CLONE_NEWUTS : search->mounts ? LINUX_CLONE_NEWNS : 0;
}

/* A mount namespace cannot be changed under those who share root and working directory. */
static int may_enter(struct thread *self, uint64_t flag)
{
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	if (flag != LINUX_CLONE_NEWNS)
		return 0;
	if (!thread_capable(self, LINUX_CAP_SYS_CHROOT))
		return -EPERM;
	return __atomic_load_n(&self->fs->references, __ATOMIC_ACQUIRE) > 1 ? -EINVAL : 0;
}

static void search_drop(struct search *search)
{
	if (search->uts)
		uts_namespace_put(search->uts);
	if (search->mounts)
		mount_namespace_put(search->mounts);
}

int64_t sys_setns(struct thread *self, int32_t fd, int32_t kind)
{
	struct file *file = files_find(self->files, fd);
	struct search search = { 0 };
	uint64_t flag;
	int error = 0;
	if (!file)
		return -EBADF;
	search.number = namespace_of_file(file);
	file_put(file);
	flag = search.number ? find_kind(&search) : 0;
	if (!flag || (kind && (uint64_t)(uint32_t)kind != flag) || flag == LINUX_CLONE_NEWUSER)
		error = -EINVAL;
	else
		error = may_enter(self, flag);
	if (error)
		search_drop(&search);
	else if (search.uts)
		enter_uts(self->process, search.uts);
	else if (search.mounts)
		enter_mounts(self, search.mounts);
	return error; /* of the other kinds there is one, and the caller is in it */
}
