/* SPDX-License-Identifier: MIT */
/*
 * Mounts, their crossing, and namespaces. A mount holds its superblock, its root and the dentry and mount it sits on.
 */
#include "fs/mount.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "process/namespaces.h"

SURVIVES struct lock mount_lock;
SURVIVES static uint32_t last_mount_id;

static struct mount *mount_create(struct superblock *super, struct dentry *root, uint32_t flags,
				  const char *source)
{
	struct mount *mount = slab_allocate(sizeof(*mount));
	if (!mount)
		return NULL;
	mount->references = 1;
	mount->id = 20 + __atomic_add_fetch(&last_mount_id, 1, __ATOMIC_RELAXED);
	mount->super = super;
	superblock_get(super);
	superblock_mounted(super);
	mount->root = root;
	dentry_get(root);
	mount->flags = flags;
	for (unsigned i = 0; source[i] && i < sizeof(mount->source) - 1; i++)
		mount->source[i] = source[i];
	return mount;
}

static void namespace_append(struct mount_namespace *space, struct mount *mount)
{
	struct mount **link = &space->mounts;
	while (*link)
		link = &(*link)->next;
	*link = mount;
	mount->space = space;
	space->count++;
}

struct mount_namespace *mount_namespace_create(struct superblock *super, const char *source)
{
	struct mount_namespace *space = slab_allocate(sizeof(*space));
	struct dentry *root = dentry_create_root(super, super->root);
	struct mount *mount = space && root ? mount_create(super, root, 0, source) : NULL;
	if (!mount)
		return NULL;
	lock_init(&mount_lock, RANK_NAMESPACE);
	inode_get(super->root);
	space->references = 1;
	space->id = NAMESPACE_NUMBER_MOUNT;
	namespace_append(space, mount);
	return space;
}

void mount_namespace_get(struct mount_namespace *space)
{
	__atomic_add_fetch(&space->references, 1, __ATOMIC_RELAXED);
}

static struct mount *namespace_twin(const struct mount_namespace *from, const struct mount_namespace *to,
				    const struct mount *mount)
{
	struct mount *a = from->mounts, *b = to->mounts;
	while (a && a != mount) {
		a = a->next;
		b = b->next;
	}
	return b;
}

static struct mount *mount_duplicate(const struct mount *mount)
{
	struct mount *copy = mount_create(mount->super, mount->root, mount->flags, mount->source);
	if (copy)
		copy->shared = mount->shared;
	return copy;
}

struct mount_namespace *mount_namespace_copy(struct mount_namespace *space)
{
	struct mount_namespace *copy = slab_allocate(sizeof(*copy));
	if (!copy)
		return NULL;
	copy->references = 1;
	copy->id = namespace_number_next();
	for (struct mount *mount = space->mounts; mount; mount = mount->next) {
		struct mount *twin = mount_duplicate(mount);
		if (!twin) {
			mount_namespace_put(copy);
			return NULL;
		}
		if (mount->parent) {
			twin->parent = namespace_twin(space, copy, mount->parent);
			mount_get(twin->parent);
			twin->point = mount->point;
			dentry_get(twin->point);
			__atomic_add_fetch(&twin->point->mounts, 1, __ATOMIC_RELAXED);
		}
		namespace_append(copy, twin);
	}
	return copy;
}

void mount_namespace_put(struct mount_namespace *space)
{
	if (__atomic_sub_fetch(&space->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	while (space->mounts) {
		struct mount *mount = space->mounts;
		space->mounts = mount->next;
		mount->space = NULL;
		mount_put(mount);
	}
	slab_free(space, sizeof(*space));
}

void mount_get(struct mount *mount)
{
	__atomic_add_fetch(&mount->references, 1, __ATOMIC_RELAXED);
}

void mount_put(struct mount *mount)
{
	while (mount && __atomic_sub_fetch(&mount->references, 1, __ATOMIC_ACQ_REL) == 0) {
		struct mount *parent = mount->parent;
		if (mount->point) {
			__atomic_sub_fetch(&mount->point->mounts, 1, __ATOMIC_RELAXED);
			dentry_put(mount->point);
		}
		dentry_put(mount->root);
		superblock_unmounted(mount->super);
		superblock_put(mount->super);
		slab_free(mount, sizeof(*mount));
		mount = parent;
	}
}

void path_get(const struct path *path)
{
	if (path->mount)
		mount_get(path->mount);
	if (path->dentry)
		dentry_get(path->dentry);
}

void path_put(const struct path *path)
{
	if (path->dentry)
		dentry_put(path->dentry);
	if (path->mount)
		mount_put(path->mount);
}

/* The newest mount on this place, referenced. */
static struct mount *mount_on(const struct path *path)
{
	struct mount *found = NULL, *mount;
	lock_acquire(&mount_lock);
	mount = path->mount->space ? path->mount->space->mounts : NULL;
	for (; mount; mount = mount->next) {
		if (mount->parent == path->mount && mount->point == path->dentry)
			found = mount;
	}
	if (found)
		mount_get(found);
	lock_release(&mount_lock);
	return found;
}

void mount_cross(struct path *path)
{
	struct mount *mount;
	while (__atomic_load_n(&path->dentry->mounts, __ATOMIC_RELAXED) && (mount = mount_on(path))) {
		struct path next = { mount, mount->root };
		dentry_get(next.dentry);
		path_put(path);
		*path = next;
	}
}

bool mount_leave(struct path *path)
{
	struct path up;
	lock_acquire(&mount_lock);
	up = (struct path){ path->mount->parent, path->mount->point };
	if (up.mount)
		mount_get(up.mount);
	lock_release(&mount_lock);
	if (!up.mount)
		return false;
	dentry_get(up.dentry);
	path_put(path);
	*path = up;
	return true;
}

int mount_attach(struct mount_namespace *space, const struct path *point, struct superblock *super,
		 struct dentry *root, uint32_t flags, const char *source)
{
	struct mount *mount = mount_create(super, root, flags, source);
	if (!mount)
		return -ENOMEM;
	mount->parent = point->mount;
	mount_get(mount->parent);
	mount->point = point->dentry;
	dentry_get(mount->point);
	__atomic_add_fetch(&mount->point->mounts, 1, __ATOMIC_RELAXED);
	lock_acquire(&mount_lock);
	namespace_append(space, mount);
	lock_release(&mount_lock);
	return 0;
}

uint32_t path_mount_flags(const struct path *path)
{
	return path->mount ? path->mount->flags : 0;
}

int mount_writable(const struct path *path)
{
	if (path_mount_flags(path) & LINUX_MS_RDONLY ||
	    (path->mount && path->mount->super->flags & LINUX_MS_RDONLY))
		return -EROFS;
	return 0;
}
