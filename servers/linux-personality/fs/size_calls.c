/* SPDX-License-Identifier: MIT */
/*
 * Sizes changed: truncate(2), ftruncate(2), fallocate(2); and durability: sync(2), syncfs(2).
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "file/file.h"
#include "fs/notify.h"
#include "fs/owner.h"
#include "fs/remote.h"
#include "fs/walk.h"
#include "file/memory_file.h"
#include "file/size_limit.h"
#include "process/process.h"

static int size_change(struct thread *self, struct inode *inode, int64_t length)
{
	int error;
	if ((uint64_t)length > inode->attributes.size && size_limit_exceeded(self, (uint64_t)length))
		return -EFBIG;
	if (inode->seals & ((uint64_t)length > inode->attributes.size ? SEAL_GROW : SEAL_SHRINK))
		return -EPERM;
	owner_written(self, inode);
	mutex_acquire(&inode->content);
	error = inode_truncate(inode, (uint64_t)length);
	mutex_release(&inode->content);
	return error;
}

int64_t sys_truncate(struct thread *self, gaddr_t name, int64_t length)
{
	struct path path;
	struct inode *inode;
	int error = length < 0 ? -EINVAL : walk_guest(self, LINUX_AT_FDCWD, name, WALK_FOLLOW, &path);
	if (error)
		return error;
	inode = path.dentry->inode;
	if (inode_type(inode) == LINUX_S_IFDIR)
		error = -EISDIR;
	else if (inode_type(inode) != LINUX_S_IFREG)
		error = -EINVAL;
	if (!error)
		error = mount_writable(&path);
	if (!error)
		error = permission_check(self, inode, LINUX_W_OK);
	if (!error && __atomic_load_n(&inode->executes, __ATOMIC_ACQUIRE))
		error = -ETXTBSY;
	if (!error)
		error = size_change(self, inode, length);
	if (!error)
		notify_path(&path, NOTIFY_MODIFY);
	path_put(&path);
	return error;
}

int64_t sys_ftruncate(struct thread *self, int32_t fd, int64_t length)
{
	struct file *file = files_find(self->files, fd);
	int error;
	if (!file)
		return -EBADF;
	if (length < 0 || !(file->flags & LINUX_O_ACCMODE) || file->kind != FILE_REGULAR)
		error = -EINVAL;
	else
		error = size_change(self, file->inode, length);
	if (!error)
		notify_file(file, NOTIFY_MODIFY);
	file_put(file);
	return error;
}

static int allocate_flags(int32_t mode, uint32_t *flags)
{
	const uint32_t known = LINUX_FALLOC_KEEP_SIZE | LINUX_FALLOC_PUNCH_HOLE | LINUX_FALLOC_ZERO_RANGE;
	uint32_t bits = (uint32_t)mode;
	if (bits & ~known || (bits & LINUX_FALLOC_PUNCH_HOLE && !(bits & LINUX_FALLOC_KEEP_SIZE)) ||
	    (bits & LINUX_FALLOC_PUNCH_HOLE && bits & LINUX_FALLOC_ZERO_RANGE))
		return -EOPNOTSUPP;
	*flags = (bits & LINUX_FALLOC_KEEP_SIZE ? VFS_ALLOCATE_KEEP_SIZE : 0) |
		 (bits & LINUX_FALLOC_PUNCH_HOLE ? VFS_ALLOCATE_PUNCH : 0) |
		 (bits & LINUX_FALLOC_ZERO_RANGE ? VFS_ALLOCATE_ZERO : 0);
	return 0;
}

static int allocate_range(struct inode *inode, uint32_t flags, uint64_t offset, uint64_t length)
{
	struct vfs_allocate_request request = { .request_id = remote_request_id(), .inode = inode->ref };
	struct vfs_allocate_reply reply;
	status_code_t status;
	int error = inode_write_back(inode);
	if (error)
		return error;
	request.flags = flags;
	request.offset = offset;
	request.length = length;
	request.now = time_now();
	mutex_acquire(&inode->content);
	status = vfs_allocate(vfs_endpoint, &request, &reply);
	if (status == STATUS_OK) {
		inode_set(inode, VFS_SET_SIZE | VFS_SET_MODIFIED | VFS_SET_CHANGED, &reply.attributes);
		__atomic_store_n(&inode->outdated, true, __ATOMIC_RELEASE);
	}
	if (flags & VFS_ALLOCATE_PUNCH)
		inode->writable_end = inode->writable_end < offset ? inode->writable_end : offset;
	mutex_release(&inode->content);
	return errno_from_status(status);
}

static int allocate_check(const struct file *file, int64_t offset, int64_t length)
{
	if (offset < 0 || length <= 0)
		return -EINVAL;
	if (!(file->flags & LINUX_O_ACCMODE))
		return -EBADF;
	if (offset > INT64_MAX - length)
		return -EFBIG;
	if (file->kind == FILE_PIPE)
		return -ESPIPE;
	return file->kind == FILE_REGULAR ? 0 : -ENODEV;
}

int64_t sys_fallocate(struct thread *self, int32_t fd, int32_t mode, int64_t offset, int64_t length)
{
	struct file *file = files_find(self->files, fd);
	uint32_t flags = 0;
	int error;
	if (!file)
		return -EBADF;
	error = offset < 0 || length <= 0 ? -EINVAL : allocate_flags(mode, &flags);
	if (!error)
		error = allocate_check(file, offset, length);
	if (!error && size_limit_exceeded(self, (uint64_t)(offset + length)))
		error = -EFBIG;
	if (!error)
		error = allocate_range(file->inode, flags, (uint64_t)offset, (uint64_t)length);
	file_put(file);
	return error;
}

int64_t sys_sync(struct thread *self)
{
	(void)self;
	(void)!inode_write_back_all(NULL);
	return 0;
}

int64_t sys_syncfs(struct thread *self, int32_t fd)
{
	struct file *file = files_find(self->files, fd);
	int error;
	if (!file)
		return -EBADF;
	error = file->inode->super ? inode_write_back_all(file->inode->super) : 0;
	file_put(file);
	return error;
}
