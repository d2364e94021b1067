/* SPDX-License-Identifier: MIT */
/*
 * mount(2). Taking mounts away is in fs/mount_detach.c.
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
#include "route/descriptors.h"

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
	/* Not once more on itself. */
	error = target->mount->super == super && target->dentry == target->mount->root ? -EBUSY : 0;
	if (!error)
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
	if (!from.mount || from.mount->space != self->process->mounts)
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

static int mount_remount(struct thread *self, const struct path *target, const struct mount_request *request)
{
	struct mount *mount = target->mount;
	if (target->dentry != mount->root || mount->space != self->process->mounts)
		return -EINVAL;
	lock_acquire(&mount_lock);
	mount->flags = (mount->flags & ~MOUNT_FLAGS_KEPT) | mount_flags(request->flags);
	if (!(request->flags & LINUX_MS_BIND))
		mount->super->flags = request->flags & LINUX_MS_RDONLY;
	lock_release(&mount_lock);
	descriptor_routes_end_mounts(mount->super);
	return 0;
}

static int mount_propagation(const struct path *target, uint32_t flags)
{
	if (target->dentry != target->mount->root)
		return -EINVAL;
	target->mount->shared = flags & LINUX_MS_SHARED;
	return 0;
}

/* mount_lock held. A mount moved below itself would be its own parent's parent. */
static int mount_move_check(struct thread *self, const struct path *target, const struct path *from)
{
	const struct mount_namespace *space = self->process->mounts;
	if (from->mount->space != space || target->mount->space != space)
		return -EINVAL;
	if (from->dentry != from->mount->root || !from->mount->parent)
		return -EINVAL;
	return mount_is_below(target->mount, from->mount) ? -ELOOP : 0;
}

static int mount_move(struct thread *self, const struct path *target, const char *source)
{
	struct path from, old = { 0 };
	int error = walk_path(self, LINUX_AT_FDCWD, source, WALK_FOLLOW, &from);
	if (error)
		return error;
	if (!from.mount)
		error = -EINVAL;
	lock_acquire(&mount_lock);
	if (!error)
		error = mount_move_check(self, target, &from);
	if (!error) {
		old = mount_displace(from.mount);
		mount_place(from.mount, target);
	}
	lock_release(&mount_lock);
	path_put(&old);
	path_put(&from);
	return error;
}

static int mount_decide(struct thread *self, const struct path *target, const struct mount_request *request)
{
	uint32_t flags = request->flags;
	if (flags & LINUX_MS_REMOUNT)
		return mount_remount(self, target, request);
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
