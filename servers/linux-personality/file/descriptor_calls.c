/* SPDX-License-Identifier: MIT */
/*
 * Descriptors: close(2), dup(2), fcntl(2), ioctl(2), close_range(2), posix_fadvise(2), readahead(2).
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/control.h"
#include "file/file_locks.h"
#include "file/files.h"
#include "fs/inode.h"
#include "process/process.h"
#include "stream/pipe.h"

#define SETFL_BITS (LINUX_O_APPEND | LINUX_O_NONBLOCK | LINUX_O_ASYNC | LINUX_O_DIRECT | LINUX_O_NOATIME)
#define RLIMIT_DESCRIPTORS 7

int64_t sys_close(struct thread *self, int32_t fd)
{
	return files_close(self->files, fd);
}

int64_t sys_dup(struct thread *self, int32_t fd)
{
	struct file *file = files_find_path(self->files, fd);
	return file ? files_install(self, file, 0, false) : -EBADF;
}

int64_t sys_dup3(struct thread *self, int32_t old, int32_t new, int32_t flags)
{
	struct file *file;
	if ((uint32_t)flags & ~LINUX_O_CLOEXEC || old == new)
		return -EINVAL;
	file = files_find_path(self->files, old);
	return file ? files_install_at(self, file, new, (uint32_t)flags & LINUX_O_CLOEXEC) : -EBADF;
}

int64_t sys_dup2(struct thread *self, int32_t old, int32_t new)
{
	if (old != new)
		return sys_dup3(self, old, new, 0);
	return files_flag(self->files, old) < 0 ? -EBADF : new;
}

static int64_t control_duplicate(struct thread *self, struct file *file, uint64_t minimum, bool close_on_exec)
{
	if (minimum >= self->process->limits[RLIMIT_DESCRIPTORS].soft)
		return -EINVAL;
	file_get(file);
	return files_install(self, file, (int32_t)minimum, close_on_exec);
}

static int64_t control_set_flags(struct file *file, uint64_t argument)
{
	file_set_flags(file, SETFL_BITS, (uint32_t)argument & SETFL_BITS);
	return 0;
}

/* struct f_owner_ex: kind (0 thread, 1 process, 2 group) and id. */
static int64_t control_owner(struct file *file, uint32_t command, uint64_t argument)
{
	int32_t pair[2];
	switch (command) {
	case LINUX_F_SETOWN: file->owner = (int32_t)argument; return 0;
	case LINUX_F_GETOWN: return file->owner;
	case LINUX_F_SETOWN_EX:
		if (guest_read(pair, (gaddr_t){ argument }, sizeof(pair)))
			return -EFAULT;
		if (pair[0] < 0 || pair[0] > 2)
			return -EINVAL;
		file->owner = pair[0] == 2 ? -pair[1] : pair[1];
		return 0;
	default:
		pair[0] = file->owner < 0 ? 2 : 1;
		pair[1] = file->owner < 0 ? -file->owner : file->owner;
		return guest_write((gaddr_t){ argument }, pair, sizeof(pair));
	}
}

static int64_t control_lock(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct linux_flock range;
	int64_t result;
	if (guest_read(&range, (gaddr_t){ argument }, sizeof(range)))
		return -EFAULT;
	result = file_locks_control(self, file, command, &range);
	if (!result && (command == LINUX_F_GETLK || command == LINUX_F_OFD_GETLK))
		return guest_write((gaddr_t){ argument }, &range, sizeof(range));
	return result;
}

static int64_t control_signal(struct file *file, uint32_t command, uint64_t argument)
{
	if (command == LINUX_F_GETSIG)
		return file->owner_signal;
	if (argument > SIGNAL_COUNT)
		return -EINVAL;
	file->owner_signal = (int32_t)argument;
	return 0;
}

static int64_t control_file(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	switch (command) {
	case LINUX_F_SETFL: return control_set_flags(file, argument);
	case LINUX_F_GETLK:
	case LINUX_F_SETLK:
	case LINUX_F_SETLKW:
	case LINUX_F_OFD_GETLK:
	case LINUX_F_OFD_SETLK:
	case LINUX_F_OFD_SETLKW: return control_lock(self, file, command, argument);
	case LINUX_F_SETOWN:
	case LINUX_F_GETOWN:
	case LINUX_F_SETOWN_EX:
	case LINUX_F_GETOWN_EX: return control_owner(file, command, argument);
	case LINUX_F_SETSIG:
	case LINUX_F_GETSIG: return control_signal(file, command, argument);
	case LINUX_F_SETPIPE_SZ:
	case LINUX_F_GETPIPE_SZ:
		return file->kind == FILE_PIPE ? pipe_control_size(self, file, command, argument) : -EBADF;
	case LINUX_F_ADD_SEALS:
	case LINUX_F_GET_SEALS: return control_seals(file, command, (uint32_t)argument);
	default: return -EINVAL;
	}
}

/* What also O_PATH descriptors allow. */
static int64_t control_descriptor(struct thread *self, int32_t fd, struct file *file, uint32_t command,
				  uint64_t argument)
{
	switch (command) {
	case LINUX_F_DUPFD:
	case LINUX_F_DUPFD_CLOEXEC:
		return control_duplicate(self, file, argument, command == LINUX_F_DUPFD_CLOEXEC);
	case LINUX_F_GETFD: return files_flag(self->files, fd);
	case LINUX_F_SETFD: return files_set_flag(self->files, fd, argument & LINUX_FD_CLOEXEC);
	case LINUX_F_GETFL: return (int64_t)file->flags;
	default: return file->kind == FILE_PATH ? -EBADF : control_file(self, file, command, argument);
	}
}

int64_t sys_fcntl(struct thread *self, int32_t fd, uint32_t command, uint64_t argument)
{
	struct file *file = files_find_path(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = control_descriptor(self, fd, file, command, argument);
	file_put(file);
	return result;
}

static int64_t ioctl_nonblocking(struct file *file, uint64_t argument, uint32_t bit)
{
	int32_t on;
	if (guest_read(&on, (gaddr_t){ argument }, sizeof(on)))
		return -EFAULT;
	file_set_flags(file, bit, on ? bit : 0);
	return 0;
}

/* Bytes between the position and the end, for regular files. */
static int64_t ioctl_readable(struct file *file, uint64_t argument)
{
	uint64_t size = file->inode->attributes.size;
	int32_t left = size > file->offset ? (int32_t)(size - file->offset) : 0;
	return guest_write((gaddr_t){ argument }, &left, sizeof(left));
}

static int64_t ioctl_file(struct thread *self, int32_t fd, struct file *file, uint32_t command,
			  uint64_t argument)
{
	switch (command) {
	case LINUX_FIOCLEX:
	case LINUX_FIONCLEX: return files_set_flag(self->files, fd, command == LINUX_FIOCLEX);
	case LINUX_FIONBIO: return ioctl_nonblocking(file, argument, LINUX_O_NONBLOCK);
	case LINUX_FIOASYNC: return ioctl_nonblocking(file, argument, LINUX_O_ASYNC);
	default: break;
	}
	if (command == LINUX_FIONREAD && file->kind == FILE_REGULAR)
		return ioctl_readable(file, argument);
	if (!file_operations_table[file->kind]->ioctl)
		return -ENOTTY;
	return file_operations_table[file->kind]->ioctl(self, file, command, argument);
}

int64_t sys_ioctl(struct thread *self, int32_t fd, uint32_t command, uint64_t argument)
{
	struct file *file = files_find(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = ioctl_file(self, fd, file, command, argument);
	file_put(file);
	return result;
}

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

int64_t sys_close_range(struct thread *self, uint32_t first, uint32_t last, uint32_t flags)
{
	if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
		return -EINVAL;
	if (flags & CLOSE_RANGE_UNSHARE) {
		struct files *own = files_copy(self->files);
		if (!own)
			return -ENOMEM;
		files_put(self->files);
		self->files = own;
		files_publish(self);
	}
	if (flags & CLOSE_RANGE_CLOEXEC)
		files_mark_range(self->files, first, last);
	else
		files_close_range(self->files, first, last);
	return 0;
}

#define FADVISE_LAST 5

int64_t sys_fadvise64(struct thread *self, int32_t fd, int64_t offset, int64_t length, int32_t advice)
{
	struct file *file = files_find(self->files, fd);
	int64_t result = 0;
	(void)offset;
	if (!file)
		return -EBADF;
	if (file->kind == FILE_PIPE)
		result = -ESPIPE;
	else if (length < 0 || advice < 0 || advice > FADVISE_LAST)
		result = -EINVAL;
	file_put(file);
	return result;
}

int64_t sys_readahead(struct thread *self, int32_t fd, int64_t offset, uint64_t count)
{
	struct file *file = files_find(self->files, fd);
	int64_t result = 0;
	(void)offset;
	(void)count;
	if (!file)
		return -EBADF;
	if ((file->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY)
		result = -EBADF;
	else if (file->kind != FILE_REGULAR)
		result = -EINVAL;
	file_put(file);
	return result;
}
