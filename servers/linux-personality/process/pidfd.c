/* SPDX-License-Identifier: MIT */
/*
 * pidfds: readable when the process has ended.
 */
#include "process/pidfd.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "file/file.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "stream/anonymous.h"

#define READABLE 0x0041u /* POLLIN | POLLRDNORM */
#define READ_WRITE 2u

static uint32_t pidfd_poll(struct file *file, struct poll_table *table)
{
	struct process *process = file->object;
	poll_add(table, file, &process->exit_queue);
	return __atomic_load_n(&process->state, __ATOMIC_ACQUIRE) == PROCESS_ALIVE ? 0 : READABLE;
}

static void pidfd_release(struct file *file)
{
	process_put(file->object);
}

const struct file_operations pidfd_operations = { .poll = pidfd_poll,
						  .release = pidfd_release,
						  .no_pread = true };

int pidfd_install(struct thread *self, struct process *process, uint32_t flags)
{
	struct file *file = file_create(FILE_PIDFD, READ_WRITE | flags, process);
	if (!file)
		return -ENOMEM;
	process_get(process);
	if (anonymous_attach(file))
		return files_install(self, file, 0, true);
	file_put(file);
	return -ENOMEM;
}

struct process *pidfd_process(struct thread *self, int32_t fd, int *error)
{
	struct file *file = files_find(self->files, fd);
	struct process *process = NULL;
	*error = -EBADF;
	if (!file)
		return NULL;
	if (file->kind == FILE_PIDFD) {
		process = file->object;
		process_get(process);
		*error = 0;
	}
	file_put(file);
	return process;
}

int64_t sys_pidfd_open(struct thread *self, int32_t pid, uint32_t flags)
{
	if ((flags & ~LINUX_PIDFD_NONBLOCK) || pid <= 0)
		return -EINVAL;
	lock_acquire(&process_tree_lock);
	struct process *process = process_find(pid);
	struct thread *thread = process ? NULL : thread_find(pid);
	if (process)
		process_get(process);
	lock_release(&process_tree_lock);
	if (!process)
		return thread ? -EINVAL : -ESRCH;
	int fd = pidfd_install(self, process, flags);
	process_put(process);
	return fd;
}

static bool may_take(struct thread *self, struct process *target)
{
	const struct credentials *mine = self->credentials;
	bool allowed = target == self->process || thread_capable(self, LINUX_CAP_SYS_PTRACE);
	lock_acquire(&target->lock);
	if (target->threads && !allowed) {
		const struct credentials *its = target->threads->credentials;
		allowed = mine->uid == its->uid && mine->uid == its->euid && mine->uid == its->suid;
	}
	lock_release(&target->lock);
	return allowed;
}

int64_t sys_pidfd_getfd(struct thread *self, int32_t pidfd, int32_t fd, uint32_t flags)
{
	struct file *file = NULL;
	int result;
	if (flags)
		return -EINVAL;
	struct process *process = pidfd_process(self, pidfd, &result);
	if (!process)
		return result;
	struct files *files = NULL;
	result = may_take(self, process) ? -ESRCH : -EPERM;
	lock_acquire(&process->lock);
	if (result == -ESRCH && process->threads && process->threads->files)
		files_get(files = process->threads->files);
	lock_release(&process->lock);
	if (files) {
		file = files_find_path(files, fd);
		files_put(files);
		result = file ? files_install(self, file, 0, true) : -EBADF;
	}
	process_put(process);
	return result;
}
