/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes: setxattr(2), getxattr(2), listxattr(2), removexattr(2) and their l and f forms; xattr(7) for who may.
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/remote.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"

#define NAME_BYTES 256
#define VALUE_MAX 65536u
#define VALUE_HELD 3584u
#define XATTR_CREATE 1
#define XATTR_REPLACE 2

/* What a call acts on. */
struct holder {
	struct inode *inode;
	struct path path;
	struct file *file; /* NULL: path is referenced */
};

static int holder_at(struct thread *self, gaddr_t name, bool follow, struct holder *holder)
{
	int error = walk_guest(self, LINUX_AT_FDCWD, name, follow ? WALK_FOLLOW : 0, &holder->path);
	holder->file = NULL;
	if (!error)
		holder->inode = holder->path.dentry->inode;
	return error;
}

static int holder_of(struct thread *self, int32_t fd, struct holder *holder)
{
	holder->file = files_find(self->files, fd);
	if (!holder->file)
		return -EBADF;
	holder->inode = holder->file->inode;
	holder->path = holder->file->path;
	return 0;
}

static void holder_put(const struct holder *holder)
{
	if (holder->file)
		file_put(holder->file);
	else
		path_put(&holder->path);
}

static int key_read(char key[NAME_BYTES], gaddr_t guest)
{
	int64_t length = guest_read_string(key, guest, NAME_BYTES);
	if (length == -ENAMETOOLONG || length == 0)
		return -ERANGE;
	return length < 0 ? (int)length : 0;
}

static bool key_in(const char *key, const char *space)
{
	return strncmp(key, space, strlen(space)) == 0;
}

static int key_allowed(struct thread *self, const struct holder *holder, const char *key, bool write)
{
	uint32_t type = inode_type(holder->inode);
	if (!holder->inode->super || holder->inode->super->type != SUPER_VFS)
		return -EOPNOTSUPP;
	if (write && holder->path.mount && mount_writable(&holder->path))
		return -EROFS;
	if (key_in(key, "trusted."))
		return thread_capable(self, LINUX_CAP_SYS_ADMIN) ? 0 : write ? -EPERM : -ENODATA;
	if (key_in(key, "security."))
		return write && !thread_capable(self, LINUX_CAP_SYS_ADMIN) ? -EPERM : 0;
	if (!key_in(key, "user."))
		return -EOPNOTSUPP;
	if (type != LINUX_S_IFREG && type != LINUX_S_IFDIR)
		return write ? -EPERM : -ENODATA;
	return permission_check(self, holder->inode, write ? LINUX_W_OK : LINUX_R_OK);
}

static int error_of(status_code_t status)
{
	return status == STATUS_NOT_FOUND ? -ENODATA
	       : status == STATUS_TOO_BIG ? -ENOSPC
					  : errno_from_status(status);
}

static int64_t value_set(struct thread *self, const struct holder *holder, gaddr_t guest_key, gaddr_t value,
			 uint64_t bytes, int32_t flags)
{
	struct vfs_set_xattr_request request = { .request_id = remote_request_id(),
						 .inode = holder->inode->ref };
	uint8_t held[VALUE_HELD];
	char key[NAME_BYTES];
	int error = flags & ~(XATTR_CREATE | XATTR_REPLACE) ? -EINVAL : key_read(key, guest_key);
	if (!error && bytes > VALUE_MAX)
		error = -E2BIG;
	if (!error && bytes > VALUE_HELD)
		error = -ENOSPC;
	if (!error)
		error = guest_read(held, value, bytes);
	if (!error)
		error = key_allowed(self, holder, key, true);
	if (error)
		return error;
	request.flags = (flags & XATTR_CREATE ? VFS_XATTR_CREATE : 0) |
			(flags & XATTR_REPLACE ? VFS_XATTR_REPLACE : 0);
	request.now = time_now();
	request.name = key;
	request.name_bytes = (uint32_t)strlen(key);
	request.value = held;
	request.value_bytes = (uint32_t)bytes;
	error = error_of(vfs_set_xattr(vfs_endpoint, &request));
	if (!error)
		inode_touch(holder->inode, VFS_SET_CHANGED);
	return error;
}

/* Bytes to a buffer whose size 0 only asks how many. */
static int64_t answer_bytes(gaddr_t out, uint64_t room, const void *bytes, uint32_t count)
{
	if (!room)
		return count;
	if (room < count)
		return -ERANGE;
	return guest_write(out, bytes, count) ? -EFAULT : (int64_t)count;
}

static int64_t value_get(struct thread *self, const struct holder *holder, gaddr_t guest_key, gaddr_t out,
			 uint64_t room)
{
	struct vfs_get_xattr_request request = { .inode = holder->inode->ref };
	struct vfs_get_xattr_reply reply;
	char key[NAME_BYTES];
	int error = key_read(key, guest_key);
	if (!error)
		error = key_allowed(self, holder, key, false);
	if (error)
		return error;
	request.name = key;
	request.name_bytes = (uint32_t)strlen(key);
	error = error_of(vfs_get_xattr(vfs_endpoint, &request, &reply));
	return error ? error : answer_bytes(out, room, reply.value, reply.value_bytes);
}

/* trusted names are shown only to who may read them. */
static uint32_t names_filter(struct thread *self, char *to, const char *from, uint32_t bytes)
{
	uint32_t used = 0;
	for (uint32_t at = 0; at < bytes;) {
		uint32_t length = (uint32_t)strnlen(from + at, bytes - at) + 1;
		if (!key_in(from + at, "trusted.") || thread_capable(self, LINUX_CAP_SYS_ADMIN)) {
			memcpy(to + used, from + at, length);
			used += length;
		}
		at += length;
	}
	return used;
}

static int64_t names_list(struct thread *self, const struct holder *holder, gaddr_t out, uint64_t room)
{
	struct vfs_list_xattr_request request = { .inode = holder->inode->ref };
	struct vfs_list_xattr_reply reply;
	char names[VALUE_HELD + 1];
	int error;
	if (!holder->inode->super || holder->inode->super->type != SUPER_VFS)
		return 0;
	error = error_of(vfs_list_xattr(vfs_endpoint, &request, &reply));
	if (error)
		return error;
	return answer_bytes(out, room, names,
			    names_filter(self, names, (const char *)reply.names, reply.names_bytes));
}

static int64_t value_remove(struct thread *self, const struct holder *holder, gaddr_t guest_key)
{
	struct vfs_remove_xattr_request request = { .request_id = remote_request_id(),
						    .inode = holder->inode->ref };
	char key[NAME_BYTES];
	int error = key_read(key, guest_key);
	if (!error)
		error = key_allowed(self, holder, key, true);
	if (error)
		return error;
	request.now = time_now();
	request.name = key;
	request.name_bytes = (uint32_t)strlen(key);
	return error_of(vfs_remove_xattr(vfs_endpoint, &request));
}

/* End of a call on a holder. */
static int64_t holder_done(const struct holder *holder, int64_t result)
{
	holder_put(holder);
	return result;
}

int64_t sys_setxattr(struct thread *self, gaddr_t name, gaddr_t key, gaddr_t value, uint64_t bytes,
		     int32_t flags)
{
	struct holder holder;
	int error = holder_at(self, name, true, &holder);
	return error ? error : holder_done(&holder, value_set(self, &holder, key, value, bytes, flags));
}

int64_t sys_lsetxattr(struct thread *self, gaddr_t name, gaddr_t key, gaddr_t value, uint64_t bytes,
		      int32_t flags)
{
	struct holder holder;
	int error = holder_at(self, name, false, &holder);
	return error ? error : holder_done(&holder, value_set(self, &holder, key, value, bytes, flags));
}

int64_t sys_fsetxattr(struct thread *self, int32_t fd, gaddr_t key, gaddr_t value, uint64_t bytes,
		      int32_t flags)
{
	struct holder holder;
	int error = holder_of(self, fd, &holder);
	return error ? error : holder_done(&holder, value_set(self, &holder, key, value, bytes, flags));
}

int64_t sys_getxattr(struct thread *self, gaddr_t name, gaddr_t key, gaddr_t value, uint64_t bytes)
{
	struct holder holder;
	int error = holder_at(self, name, true, &holder);
	return error ? error : holder_done(&holder, value_get(self, &holder, key, value, bytes));
}

int64_t sys_lgetxattr(struct thread *self, gaddr_t name, gaddr_t key, gaddr_t value, uint64_t bytes)
{
	struct holder holder;
	int error = holder_at(self, name, false, &holder);
	return error ? error : holder_done(&holder, value_get(self, &holder, key, value, bytes));
}

int64_t sys_fgetxattr(struct thread *self, int32_t fd, gaddr_t key, gaddr_t value, uint64_t bytes)
{
	struct holder holder;
	int error = holder_of(self, fd, &holder);
	return error ? error : holder_done(&holder, value_get(self, &holder, key, value, bytes));
}

int64_t sys_listxattr(struct thread *self, gaddr_t name, gaddr_t list, uint64_t bytes)
{
	struct holder holder;
	int error = holder_at(self, name, true, &holder);
	return error ? error : holder_done(&holder, names_list(self, &holder, list, bytes));
}

int64_t sys_llistxattr(struct thread *self, gaddr_t name, gaddr_t list, uint64_t bytes)
{
	struct holder holder;
	int error = holder_at(self, name, false, &holder);
	return error ? error : holder_done(&holder, names_list(self, &holder, list, bytes));
}

int64_t sys_flistxattr(struct thread *self, int32_t fd, gaddr_t list, uint64_t bytes)
{
	struct holder holder;
	int error = holder_of(self, fd, &holder);
	return error ? error : holder_done(&holder, names_list(self, &holder, list, bytes));
}

int64_t sys_removexattr(struct thread *self, gaddr_t name, gaddr_t key)
{
	struct holder holder;
	int error = holder_at(self, name, true, &holder);
	return error ? error : holder_done(&holder, value_remove(self, &holder, key));
}

int64_t sys_lremovexattr(struct thread *self, gaddr_t name, gaddr_t key)
{
	struct holder holder;
	int error = holder_at(self, name, false, &holder);
	return error ? error : holder_done(&holder, value_remove(self, &holder, key));
}

int64_t sys_fremovexattr(struct thread *self, int32_t fd, gaddr_t key)
{
	struct holder holder;
	int error = holder_of(self, fd, &holder);
	return error ? error : holder_done(&holder, value_remove(self, &holder, key));
}
