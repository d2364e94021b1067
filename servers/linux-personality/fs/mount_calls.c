/* SPDX-License-Identifier: MIT */
/*
 * mount(2), umount2(2), pivot_root(2).
 *
 * A new mount decodes its flags into those of the mount and those of the superblock, finds its type in one table, and is
 * attached to the caller's namespace.
 */
#include "fs/mount.h"

#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "fs/mount_types.h"
#include "fs/remote.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"

#define MOUNT_FLAGS_KEPT                                                                                     \
	(LINUX_MS_RDONLY | LINUX_MS_NOSUID | LINUX_MS_NODEV | LINUX_MS_NOEXEC | LINUX_MS_NOATIME |           \
	 LINUX_MS_NODIRATIME | LINUX_MS_RELATIME | LINUX_MS_STRICTATIME)
#define MOUNT_PROPAGATION (LINUX_MS_SHARED | LINUX_MS_PRIVATE | LINUX_MS_SLAVE | LINUX_MS_UNBINDABLE)
#define MOUNT_OPTIONS_MAX 1024

struct mount_request {
	char source[LINUX_NAME_MAX + 1];
	char type[32];
	char options[MOUNT_OPTIONS_MAX];
	uint32_t flags;
};

static uint32_t mount_flags(uint32_t flags)
{
	flags &= MOUNT_FLAGS_KEPT;
	if (!(flags & (LINUX_MS_NOATIME | LINUX_MS_STRICTATIME)))
		flags |= LINUX_MS_RELATIME;
	return flags;
}

static int mount_new(struct thread *self, const struct path *target, const struct mount_request *request)
{
	const struct mount_type *type = mount_type_find(request->type);
	struct superblock *super;
	struct dentry *root;
	int error = 0;
	if (!type)
		return -ENODEV;
	super = type->make(request->source, request->options, request->flags, &error);
	if (!super)
		return error;
	inode_get(super->root);
	root = dentry_create_root(super, super->root);
	if (!root)
		return -ENOMEM;
	error = mount_attach(self->process->mounts, target, super, root, mount_flags(request->flags),
			     request->source);
	dentry_put(root);
	superblock_put(super);
	return error;
}

static int mount_bind(struct thread *self, const struct path *target, const char *source)
{
	struct path from;
	int error = walk_path(self, LINUX_AT_FDCWD, source, WALK_FOLLOW, &from);
	if (error)
		return error;
	if (!from.mount)
		error = -EINVAL;
	else if ((inode_type(from.dentry->inode) == LINUX_S_IFDIR) !=
		 (inode_type(target->dentry->inode) == LINUX_S_IFDIR))
		error = -ENOTDIR;
	else
		error = mount_attach(self->process->mounts, target, from.mount->super, from.dentry,
				     from.mount->flags, from.mount->source);
	path_put(&from);
	return error;
}

static int mount_remount(const struct path *target, const struct mount_request *request)
{
	struct mount *mount = target->mount;
	if (target->dentry != mount->root)
		return -EINVAL;
	lock_acquire(&mount_lock);
	mount->flags = (mount->flags & ~MOUNT_FLAGS_KEPT) | mount_flags(request->flags);
	if (!(request->flags & LINUX_MS_BIND))
		mount->super->flags = request->flags & LINUX_MS_RDONLY;
	lock_release(&mount_lock);
	return 0;
}

static int mount_propagation(const struct path *target, uint32_t flags)
{
	if (target->dentry != target->mount->root)
		return -EINVAL;
	target->mount->shared = flags & LINUX_MS_SHARED;
	return 0;
}

/* A mount moved below itself would be its own parent's parent. */
static bool mount_is_below(const struct mount *mount, const struct mount *above)
{
	lock_acquire(&mount_lock);
	while (mount && mount != above)
		mount = mount->parent;
	lock_release(&mount_lock);
	return mount;
}

static int mount_move(struct thread *self, const struct path *target, const char *source)
{
	struct path from;
	struct mount *mount;
	int error = walk_path(self, LINUX_AT_FDCWD, source, WALK_FOLLOW, &from);
	if (error)
		return error;
	mount = from.mount;
	if (!mount || from.dentry != mount->root || !mount->parent)
		error = -EINVAL;
	else if (mount_is_below(target->mount, mount))
		error = -ELOOP;
	if (!error) {
		struct path old = { mount->parent, mount->point };
		path_get(target);
		lock_acquire(&mount_lock);
		mount->parent = target->mount;
		mount->point = target->dentry;
		__atomic_add_fetch(&target->dentry->mounts, 1, __ATOMIC_RELAXED);
		__atomic_sub_fetch(&old.dentry->mounts, 1, __ATOMIC_RELAXED);
		lock_release(&mount_lock);
		path_put(&old);
	}
	path_put(&from);
	return error;
}

static int mount_decide(struct thread *self, const struct path *target, const struct mount_request *request)
{
	uint32_t flags = request->flags;
	if (flags & LINUX_MS_REMOUNT)
		return mount_remount(target, request);
	if (flags & LINUX_MS_BIND)
		return mount_bind(self, target, request->source);
	if (flags & MOUNT_PROPAGATION)
		return mount_propagation(target, flags);
	if (flags & LINUX_MS_MOVE)
		return mount_move(self, target, request->source);
	return mount_new(self, target, request);
}

/* An optional string argument of bounded length; absent: empty. */
static int mount_string(gaddr_t guest, char *buffer, uint64_t bytes)
{
	int64_t length = guest.value ? guest_read_string(buffer, guest, bytes) : 0;
	if (!guest.value)
		buffer[0] = 0;
	return length < 0 ? length == -ENAMETOOLONG ? -EINVAL : (int)length : 0;
}

static int mount_request_read(struct mount_request *request, gaddr_t source, gaddr_t type, gaddr_t options)
{
	int error = mount_string(source, request->source, sizeof(request->source));
	if (!error)
		error = mount_string(type, request->type, sizeof(request->type));
	if (!error)
		error = mount_string(options, request->options, sizeof(request->options));
	return error;
}

int64_t sys_mount(struct thread *self, gaddr_t source, gaddr_t target, gaddr_t type, uint32_t flags,
		  gaddr_t data)
{
	struct mount_request *request;
	struct path path;
	int error;
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	request = slab_allocate(sizeof(*request));
	if (!request)
		return -ENOMEM;
	request->flags = (flags & 0xffff0000u) == 0xc0ed0000u ? flags & 0xffffu : flags;
	error = mount_request_read(request, source, type, data);
	if (!error)
		error = walk_guest(self, LINUX_AT_FDCWD, target, WALK_FOLLOW, &path);
	if (!error) {
		error = path.mount ? mount_decide(self, &path, request) : -EINVAL;
		path_put(&path);
	}
	slab_free(request, sizeof(*request));
	return error;
}

static bool mount_has_children(const struct mount *mount)
{
	const struct mount *other = mount->space ? mount->space->mounts : NULL;
	while (other && other->parent != mount)
		other = other->next;
	return other;
}

static bool mount_unlink(struct mount *mount)
{
	struct mount **link = &mount->space->mounts;
	while (*link && *link != mount)
		link = &(*link)->next;
	if (!*link)
		return false;
	*link = mount->next;
	mount->space->count--;
	mount->space = NULL;
	return true;
}

/* The namespace's reference and the walk's are two; anything more means in use. */
static int umount_detach(struct mount *mount, bool lazy)
{
	int error = 0;
	lock_acquire(&mount_lock);
	if (!mount->parent || !mount->space)
		error = -EINVAL;
	else if (!lazy &&
		 (mount_has_children(mount) || __atomic_load_n(&mount->references, __ATOMIC_ACQUIRE) > 2))
		error = -EBUSY;
	else if (lazy && mount_has_children(mount))
		error = -EBUSY;
	else
		mount_unlink(mount);
	lock_release(&mount_lock);
	return error;
}

static int umount_path(const struct path *path, bool lazy)
{
	struct mount *mount = path->mount;
	int error;
	if (!mount || path->dentry != mount->root)
		return -EINVAL;
	error = umount_detach(mount, lazy);
	if (error)
		return error;
	__atomic_sub_fetch(&mount->point->mounts, 1, __ATOMIC_RELAXED);
	dentry_put(mount->point);
	mount->point = NULL;
	mount_put(mount);
	return 0;
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
	error = umount_path(&path, bits & LINUX_MNT_DETACH);
	path_put(&path);
	return error;
}
