/* SPDX-License-Identifier: MIT */
/*
 * umount2(2): mounts leave their namespace.
 *
 * Without MNT_DETACH only a mount that nobody uses leaves. With it the mount and all that is mounted below it leave the
 * namespace at once and each other's places too: who is still inside one sees what its file system has there, nothing can be
 * mounted in it any more, and the way up ends at its root. Its file system ends with the last who uses it.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "fs/mount.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"

static bool mount_has_children(const struct mount *mount)
{
	const struct mount *other = mount->space->mounts;
	while (other && other->parent != mount)
		other = other->next;
	return other;
}

/* The namespace's reference and the walk's are two; anything more means in use. */
static int umount_check(struct thread *self, const struct mount *mount, bool lazy)
{
	if (mount->space != self->process->mounts || !mount->parent)
		return -EINVAL;
	if (!lazy && (mount_has_children(mount) || __atomic_load_n(&mount->references, __ATOMIC_ACQUIRE) > 2))
		return -EBUSY;
	return 0;
}

/* Take the mount and those below it out of the namespace's list: the list of them. */
static struct mount *namespace_remove(struct mount *top)
{
	struct mount_namespace *space = top->space;
	struct mount **link = &space->mounts, *removed = NULL, **end = &removed, *mount;
	while ((mount = *link)) {
		if (!mount_is_below(mount, top)) {
			link = &mount->next;
			continue;
		}
		*link = mount->next;
		mount->next = NULL;
		mount->space = NULL;
		space->count--;
		*end = mount;
		end = &mount->next;
	}
	return removed;
}

/* One at a time, because putting a place may write to its file system. */
static void release_removed(struct mount *mount)
{
	while (mount) {
		struct mount *next = mount->next;
		struct path place;
		lock_acquire(&mount_lock);
		mount->next = NULL;
		place = mount_displace(mount);
		lock_release(&mount_lock);
		path_put(&place);
		mount_put(mount);
		mount = next;
	}
}

static int umount_path(struct thread *self, const struct path *path, bool lazy)
{
	struct mount *removed = NULL;
	int error;
	if (!path->mount || path->dentry != path->mount->root)
		return -EINVAL;
	lock_acquire(&mount_lock);
	error = umount_check(self, path->mount, lazy);
	if (!error)
		removed = namespace_remove(path->mount);
	lock_release(&mount_lock);
	release_removed(removed);
	return error;
}

int64_t sys_umount2(struct thread *self, gaddr_t target, int32_t flags)
{
	uint32_t bits = (uint32_t)flags;
	struct path path;
	int error;
	if (bits & ~(LINUX_MNT_FORCE | LINUX_MNT_DETACH | LINUX_MNT_EXPIRE | LINUX_UMOUNT_NOFOLLOW))
		return -EINVAL;
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	error = walk_guest(self, LINUX_AT_FDCWD, target, bits & LINUX_UMOUNT_NOFOLLOW ? 0 : WALK_FOLLOW,
			   &path);
	if (error)
		return error;
	error = umount_path(self, &path, bits & LINUX_MNT_DETACH);
	path_put(&path);
	return error;
}
