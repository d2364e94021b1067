/* SPDX-License-Identifier: MIT */
/*
 * The calls that make, remove and rename names: mkdir(2), mknod(2), unlink(2), rmdir(2), link(2), symlink(2), rename(2),
 * readlink(2) and their *at forms.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "fs/change.h"
#include "process/credentials.h"
#include "process/process.h"

#include <string.h>

static int parent_guest(struct thread *self, int32_t directory, gaddr_t guest_name,
			struct walk_parent *parent)
{
	struct guest_name name;
	int error = name_read(&name, guest_name);
	if (error)
		return error;
	error = walk_to_parent(self, directory, name.text, 0, parent);
	name_free(&name);
	return error;
}

int64_t sys_mkdirat(struct thread *self, int32_t directory, gaddr_t name, uint32_t mode)
{
	struct walk_parent parent;
	int error = parent_guest(self, directory, name, &parent);
	if (error)
		return error;
	mode = (mode & 01777 & ~self->fs->umask) | LINUX_S_IFDIR;
	error = parent.kind == LAST_NAME ? change_create(self, &parent, mode, 0, NULL) : -EEXIST;
	path_put(&parent.directory);
	return error;
}

int64_t sys_mkdir(struct thread *self, gaddr_t name, uint32_t mode)
{
	return sys_mkdirat(self, LINUX_AT_FDCWD, name, mode);
}

static int node_check(struct thread *self, uint32_t *mode)
{
	switch (*mode & LINUX_S_IFMT) {
	case 0: *mode |= LINUX_S_IFREG; return 0;
	case LINUX_S_IFREG:
	case LINUX_S_IFIFO:
	case LINUX_S_IFSOCK: return 0;
	case LINUX_S_IFCHR:
	case LINUX_S_IFBLK: return thread_capable(self, LINUX_CAP_MKNOD) ? 0 : -EPERM;
	case LINUX_S_IFDIR: return -EPERM;
	default: return -EINVAL;
	}
}

/* mknod(2)'s 32-bit device number as major << 32 | minor. */
static uint64_t node_device(uint32_t device)
{
	uint64_t major = device >> 8 & 0xfff, minor = (device & 0xff) | (device >> 12 & 0xfff00);
	return major << 32 | minor;
}

int64_t sys_mknodat(struct thread *self, int32_t directory, gaddr_t name, uint32_t mode, uint32_t device)
{
	struct walk_parent parent;
	int error = node_check(self, &mode);
	if (!error)
		error = parent_guest(self, directory, name, &parent);
	if (error)
		return error;
	mode = (mode & (LINUX_S_IFMT | 07777)) & ~self->fs->umask;
	if (parent.kind != LAST_NAME)
		error = -EEXIST;
	else if (parent.slashes)
		error = -ENOENT;
	else
		error = change_create(self, &parent, mode, node_device(device), NULL);
	path_put(&parent.directory);
	return error;
}

int64_t sys_mknod(struct thread *self, gaddr_t name, uint32_t mode, uint32_t device)
{
	return sys_mknodat(self, LINUX_AT_FDCWD, name, mode, device);
}

static int remove_kind_error(enum last_kind kind, bool is_directory)
{
	if (kind == LAST_NAME)
		return 0;
	if (!is_directory)
		return -EISDIR;
	return kind == LAST_DOT ? -EINVAL : kind == LAST_DOT_DOT ? -ENOTEMPTY : -EBUSY;
}

int64_t sys_unlinkat(struct thread *self, int32_t directory, gaddr_t name, int32_t flags)
{
	bool is_directory = (uint32_t)flags & LINUX_AT_REMOVEDIR;
	struct walk_parent parent;
	int error;
	if ((uint32_t)flags & ~LINUX_AT_REMOVEDIR)
		return -EINVAL;
	error = parent_guest(self, directory, name, &parent);
	if (error)
		return error;
	error = remove_kind_error(parent.kind, is_directory);
	if (!error)
		error = change_remove(self, &parent, is_directory);
	path_put(&parent.directory);
	return error;
}

int64_t sys_unlink(struct thread *self, gaddr_t name)
{
	return sys_unlinkat(self, LINUX_AT_FDCWD, name, 0);
}

int64_t sys_rmdir(struct thread *self, gaddr_t name)
{
	return sys_unlinkat(self, LINUX_AT_FDCWD, name, LINUX_AT_REMOVEDIR);
}

int64_t sys_linkat(struct thread *self, int32_t old_directory, gaddr_t old, int32_t new_directory,
		   gaddr_t new, int32_t flags)
{
	uint32_t walk_flags = ((uint32_t)flags & LINUX_AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0) |
			      ((uint32_t)flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
	struct walk_parent parent;
	struct path source;
	int error;
	if ((uint32_t)flags & ~(LINUX_AT_SYMLINK_FOLLOW | LINUX_AT_EMPTY_PATH))
		return -EINVAL;
	if ((uint32_t)flags & LINUX_AT_EMPTY_PATH && !thread_capable(self, LINUX_CAP_DAC_READ_SEARCH))
		return -ENOENT;
	error = walk_guest(self, old_directory, old, walk_flags, &source);
	if (error)
		return error;
	error = parent_guest(self, new_directory, new, &parent);
	if (!error) {
		error = parent.kind != LAST_NAME ? -EEXIST
			: parent.slashes         ? -ENOENT
						 : change_link(self, &source, &parent);
		path_put(&parent.directory);
	}
	path_put(&source);
	return error;
}

int64_t sys_link(struct thread *self, gaddr_t old, gaddr_t new)
{
	return sys_linkat(self, LINUX_AT_FDCWD, old, LINUX_AT_FDCWD, new, 0);
}

static int symlink_at(struct thread *self, const char *target, int32_t directory, gaddr_t name)
{
	struct walk_parent parent;
	int error = *target ? parent_guest(self, directory, name, &parent) : -ENOENT;
	if (error)
		return error;
	error = parent.kind != LAST_NAME ? -EEXIST
		: parent.slashes         ? -ENOENT
					 : change_symlink(self, &parent, target);
	path_put(&parent.directory);
	return error;
}

int64_t sys_symlinkat(struct thread *self, gaddr_t guest_target, int32_t directory, gaddr_t name)
{
	struct guest_name target;
	int error = name_read(&target, guest_target);
	if (error)
		return error;
	error = symlink_at(self, target.text, directory, name);
	name_free(&target);
	return error;
}

int64_t sys_symlink(struct thread *self, gaddr_t target, gaddr_t name)
{
	return sys_symlinkat(self, target, LINUX_AT_FDCWD, name);
}

int64_t sys_renameat2(struct thread *self, int32_t old_directory, gaddr_t old, int32_t new_directory,
		      gaddr_t new, uint32_t flags)
{
	struct walk_parent from, to;
	int error;
	if (flags & ~(LINUX_RENAME_NOREPLACE | LINUX_RENAME_EXCHANGE | LINUX_RENAME_WHITEOUT) ||
	    (flags & LINUX_RENAME_EXCHANGE && flags & (LINUX_RENAME_NOREPLACE | LINUX_RENAME_WHITEOUT)))
		return -EINVAL;
	error = parent_guest(self, old_directory, old, &from);
	if (error)
		return error;
	error = parent_guest(self, new_directory, new, &to);
	if (!error) {
		error = change_rename(self, &from, &to, flags);
		path_put(&to.directory);
	}
	path_put(&from.directory);
	return error;
}

int64_t sys_renameat(struct thread *self, int32_t old_directory, gaddr_t old, int32_t new_directory,
		     gaddr_t new)
{
	return sys_renameat2(self, old_directory, old, new_directory, new, 0);
}

int64_t sys_rename(struct thread *self, gaddr_t old, gaddr_t new)
{
	return sys_renameat2(self, LINUX_AT_FDCWD, old, LINUX_AT_FDCWD, new, 0);
}

static int64_t read_link_inode(struct thread *self, struct inode *inode, gaddr_t buffer, int32_t bytes)
{
	char *target = slab_allocate(LINUX_PATH_MAX);
	int64_t length;
	if (!target)
		return -ENOMEM;
	length = inode_provider(inode)->read_link(self, inode, target, LINUX_PATH_MAX);
	if (length > bytes)
		length = bytes;
	if (length > 0 && guest_write(buffer, target, (size_t)length))
		length = -EFAULT;
	slab_free(target, LINUX_PATH_MAX);
	return length;
}

int64_t sys_readlinkat(struct thread *self, int32_t directory, gaddr_t guest_name, gaddr_t buffer,
		       int32_t bytes)
{
	int64_t result;
	struct path path;
	struct guest_name name;
	int error;
	if (bytes <= 0)
		return -EINVAL;
	error = name_read(&name, guest_name);
	if (error)
		return error;
	error = walk_path(self, directory, name.text, WALK_EMPTY, &path);
	if (error || inode_type(path.dentry->inode) != LINUX_S_IFLNK)
		result = error ? error : *name.text ? -EINVAL : -ENOENT;
	else
		result = read_link_inode(self, path.dentry->inode, buffer, bytes);
	if (!error)
		path_put(&path);
	name_free(&name);
	return result;
}

int64_t sys_readlink(struct thread *self, gaddr_t name, gaddr_t buffer, int32_t bytes)
{
	return sys_readlinkat(self, LINUX_AT_FDCWD, name, buffer, bytes);
}
