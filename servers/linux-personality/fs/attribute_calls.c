/* SPDX-License-Identifier: MIT */
/*
 * Attributes changed: chmod(2), chown(2), utimensat(2), truncate(2), fallocate(2).
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/file.h"
#include "fs/notify.h"
#include "fs/remote.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"
#include "file/size_limit.h"

#define NANOSECONDS_MAX 999999999ll
#define ID_KEEP UINT32_MAX

/* What an attribute call acts on: a walked path or an open file's. */
struct target {
	struct path path;
	struct inode *inode;
	struct file *file;
};

static int target_path(struct thread *self, int32_t directory, gaddr_t name, uint32_t flags,
		       struct target *target)
{
	int error = walk_guest(self, directory, name, flags, &target->path);
	target->file = NULL;
	if (!error)
		target->inode = target->path.dentry->inode;
	return error;
}

static int target_descriptor(struct thread *self, int32_t fd, struct target *target)
{
	target->file = files_find(self->files, fd);
	if (!target->file)
		return -EBADF;
	target->path = target->file->path;
	target->inode = target->file->inode;
	return 0;
}

static void target_put(const struct target *target)
{
	if (target->file)
		file_put(target->file);
	else
		path_put(&target->path);
}

static int target_writable(const struct target *target)
{
	return target->path.mount ? mount_writable(&target->path) : 0;
}

static int target_apply(struct target *target, uint32_t mask, struct vfs_attributes *attributes)
{
	const struct provider *provider = target->inode->super ? inode_provider(target->inode) : NULL;
	int error = 0;
	attributes->changed = time_now();
	mask |= VFS_SET_CHANGED;
	if (provider && !target->inode->stale)
		error = provider->set_attributes ? provider->set_attributes(target->inode, mask, attributes)
						 : -EPERM;
	if (error)
		return error;
	inode_set(target->inode, mask, attributes);
	notify_path(&target->path, NOTIFY_ATTRIB);
	return 0;
}

static int change_mode(struct thread *self, struct target *target, uint32_t mode)
{
	struct vfs_attributes attributes = target->inode->attributes;
	int error = target_writable(target);
	if (!error && inode_type(target->inode) == LINUX_S_IFLNK)
		error = -EOPNOTSUPP;
	if (!error && !permission_owner(self, target->inode))
		error = -EPERM;
	if (error)
		return error;
	mode &= 07777;
	if (mode & LINUX_S_ISGID && !credentials_in_group(self->credentials, attributes.group) &&
	    !thread_capable(self, LINUX_CAP_FSETID))
		mode &= ~LINUX_S_ISGID;
	attributes.mode = (attributes.mode & LINUX_S_IFMT) | mode;
	return target_apply(target, VFS_SET_MODE, &attributes);
}

int64_t sys_fchmodat(struct thread *self, int32_t directory, gaddr_t name, uint32_t mode)
{
	struct target target;
	int error = target_path(self, directory, name, WALK_FOLLOW, &target);
	if (error)
		return error;
	error = change_mode(self, &target, mode);
	target_put(&target);
	return error;
}

int64_t sys_chmod(struct thread *self, gaddr_t name, uint32_t mode)
{
	return sys_fchmodat(self, LINUX_AT_FDCWD, name, mode);
}

int64_t sys_fchmod(struct thread *self, int32_t fd, uint32_t mode)
{
	struct target target;
	int error = target_descriptor(self, fd, &target);
	if (error)
		return error;
	error = change_mode(self, &target, mode);
	target_put(&target);
	return error;
}

static bool owner_allowed(struct thread *self, const struct inode *inode, uint32_t user, uint32_t group)
{
	const struct credentials *credentials = self->credentials;
	bool owns = credentials->fsuid == inode->attributes.user;
	if (thread_capable(self, LINUX_CAP_CHOWN))
		return true;
	if (user != ID_KEEP && !(owns && user == inode->attributes.user))
		return false;
	return group == ID_KEEP ||
	       (owns && (group == inode->attributes.group || credentials_in_group(credentials, group)));
}

/* A change of owner drops set-user-id, and set-group-id where the group may execute. */
static uint32_t owner_mode(struct thread *self, const struct inode *inode)
{
	uint32_t mode = inode->attributes.mode;
	(void)self;
	if (inode_type(inode) == LINUX_S_IFDIR)
		return mode;
	mode &= ~LINUX_S_ISUID;
	return mode & 0010 ? mode & ~LINUX_S_ISGID : mode;
}

static int change_owner(struct thread *self, struct target *target, uint32_t user, uint32_t group)
{
	struct vfs_attributes attributes = target->inode->attributes;
	uint32_t mask = 0;
	int error = target_writable(target);
	if (!error && !owner_allowed(self, target->inode, user, group))
		error = -EPERM;
	if (error)
		return error;
	if (user != ID_KEEP) {
		attributes.user = user;
		mask |= VFS_SET_USER;
	}
	if (group != ID_KEEP) {
		attributes.group = group;
		mask |= VFS_SET_GROUP;
	}
	attributes.mode = owner_mode(self, target->inode);
	if (attributes.mode != target->inode->attributes.mode)
		mask |= VFS_SET_MODE;
	return target_apply(target, mask, &attributes);
}

int64_t sys_fchownat(struct thread *self, int32_t directory, gaddr_t name, uint32_t user, uint32_t group,
		     int32_t flags)
{
	uint32_t walk_flags = ((uint32_t)flags & LINUX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
			      ((uint32_t)flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
	struct target target;
	int error;
	if ((uint32_t)flags & ~(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH))
		return -EINVAL;
	error = target_path(self, directory, name, walk_flags, &target);
	if (error)
		return error;
	error = change_owner(self, &target, user, group);
	target_put(&target);
	return error;
}

int64_t sys_chown(struct thread *self, gaddr_t name, uint32_t user, uint32_t group)
{
	return sys_fchownat(self, LINUX_AT_FDCWD, name, user, group, 0);
}

int64_t sys_lchown(struct thread *self, gaddr_t name, uint32_t user, uint32_t group)
{
	return sys_fchownat(self, LINUX_AT_FDCWD, name, user, group, LINUX_AT_SYMLINK_NOFOLLOW);
}

int64_t sys_fchown(struct thread *self, int32_t fd, uint32_t user, uint32_t group)
{
	struct target target;
	int error = target_descriptor(self, fd, &target);
	if (error)
		return error;
	error = change_owner(self, &target, user, group);
	target_put(&target);
	return error;
}

struct new_times {
	struct linux_timespec accessed, modified;
	bool given; /* false: both now, as a NULL argument */
};

static bool time_special(int64_t nanoseconds)
{
	return nanoseconds == LINUX_UTIME_NOW || nanoseconds == LINUX_UTIME_OMIT;
}

static bool time_valid(const struct linux_timespec *time)
{
	return time_special(time->nanoseconds) ||
	       (time->nanoseconds >= 0 && time->nanoseconds <= NANOSECONDS_MAX);
}

static bool time_apply(const struct linux_timespec *time, struct vfs_timestamp now, struct vfs_timestamp *to)
{
	if (time->nanoseconds == LINUX_UTIME_OMIT)
		return false;
	*to = time->nanoseconds == LINUX_UTIME_NOW
		      ? now
		      : (struct vfs_timestamp){ .seconds = time->seconds,
						.nanoseconds = (uint32_t)time->nanoseconds };
	return true;
}

/* Setting both to now needs write permission; anything else ownership. */
static int times_allowed(struct thread *self, const struct target *target, const struct new_times *times)
{
	bool now = !times->given || (times->accessed.nanoseconds == LINUX_UTIME_NOW &&
				     times->modified.nanoseconds == LINUX_UTIME_NOW);
	int error = target_writable(target);
	if (error || permission_owner(self, target->inode))
		return error;
	return now ? permission_check(self, target->inode, LINUX_W_OK) : -EPERM;
}

static int change_times(struct thread *self, struct target *target, const struct new_times *times)
{
	static const struct linux_timespec now_mark = { 0, LINUX_UTIME_NOW };
	struct vfs_attributes attributes = target->inode->attributes;
	struct vfs_timestamp now = time_now();
	uint32_t mask = 0;
	int error;
	error = times_allowed(self, target, times);
	if (error)
		return error;
	if (time_apply(times->given ? &times->accessed : &now_mark, now, &attributes.accessed))
		mask |= VFS_SET_ACCESSED;
	if (time_apply(times->given ? &times->modified : &now_mark, now, &attributes.modified))
		mask |= VFS_SET_MODIFIED;
	return target_apply(target, mask, &attributes);
}

static int64_t times_at(struct thread *self, int32_t directory, gaddr_t name, uint32_t flags,
			const struct new_times *times)
{
	uint32_t walk_flags = (flags & LINUX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
			      (flags & LINUX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
	struct target target;
	int error;
	if (times->given && (!time_valid(&times->accessed) || !time_valid(&times->modified)))
		return -EINVAL;
	if (times->given && times->accessed.nanoseconds == LINUX_UTIME_OMIT &&
	    times->modified.nanoseconds == LINUX_UTIME_OMIT)
		return 0;
	error = name.value || directory == LINUX_AT_FDCWD
			? target_path(self, directory, name, walk_flags, &target)
			: target_descriptor(self, directory, &target);
	if (error)
		return error;
	error = change_times(self, &target, times);
	target_put(&target);
	return error;
}

int64_t sys_utimensat(struct thread *self, int32_t directory, gaddr_t name, gaddr_t guest_times,
		      int32_t flags)
{
	struct linux_timespec pair[2];
	struct new_times times = { .given = guest_times.value != 0 };
	if ((uint32_t)flags & ~(LINUX_AT_SYMLINK_NOFOLLOW | LINUX_AT_EMPTY_PATH))
		return -EINVAL;
	if (times.given) {
		if (guest_read(pair, guest_times, sizeof(pair)))
			return -EFAULT;
		times.accessed = pair[0];
		times.modified = pair[1];
	}
	if (!name.value && directory == LINUX_AT_FDCWD)
		return -EFAULT;
	return times_at(self, directory, name, (uint32_t)flags, &times);
}

/* Two struct timeval: microseconds. */
static int times_from_microseconds(gaddr_t guest_times, struct new_times *times)
{
	int64_t pair[4];
	times->given = guest_times.value != 0;
	if (!times->given)
		return 0;
	if (guest_read(pair, guest_times, sizeof(pair)))
		return -EFAULT;
	if (pair[1] < 0 || pair[1] > 999999 || pair[3] < 0 || pair[3] > 999999)
		return -EINVAL;
	times->accessed = (struct linux_timespec){ pair[0], pair[1] * 1000 };
	times->modified = (struct linux_timespec){ pair[2], pair[3] * 1000 };
	return 0;
}

int64_t sys_futimesat(struct thread *self, int32_t directory, gaddr_t name, gaddr_t guest_times)
{
	struct new_times times;
	int error = times_from_microseconds(guest_times, &times);
	return error ? error : times_at(self, directory, name, 0, &times);
}

int64_t sys_utimes(struct thread *self, gaddr_t name, gaddr_t guest_times)
{
	return sys_futimesat(self, LINUX_AT_FDCWD, name, guest_times);
}

int64_t sys_utime(struct thread *self, gaddr_t name, gaddr_t guest_times)
{
	struct new_times times = { .given = guest_times.value != 0 };
	int64_t pair[2];
	if (times.given && guest_read(pair, guest_times, sizeof(pair)))
		return -EFAULT;
	if (times.given) {
		times.accessed.seconds = pair[0];
		times.modified.seconds = pair[1];
	}
	return times_at(self, LINUX_AT_FDCWD, name, 0, &times);
}
