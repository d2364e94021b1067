/* SPDX-License-Identifier: MIT */
/*
 * Mounts, their crossing, and namespaces. A mount holds its superblock, its root and the dentry and mount it sits on.
 */
#include "fs/mount.h"

#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "fs/walk.h"
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

static bool namespace_fill(struct mount_namespace *copy, const struct mount_namespace *space)
{
	for (struct mount *mount = space->mounts; mount; mount = mount->next) {
		struct mount *twin = mount_duplicate(mount);
		if (!twin)
			return false;
		namespace_append(copy, twin);
	}
	for (struct mount *mount = space->mounts; mount; mount = mount->next) {
		struct path place = { namespace_twin(space, copy, mount->parent), mount->point };
		if (mount->parent)
			mount_place(namespace_twin(space, copy, mount), &place);
	}
	return true;
}

/* The mount that the place loses is left to the caller: NULL, or to be put without the lock. */
static struct mount *place_translate(struct path *place, const struct mount_namespace *from,
				     const struct mount_namespace *to)
{
	struct mount *old = place->mount, *twin = old ? namespace_twin(from, to, old) : NULL;
	if (!twin)
		return NULL;
	mount_get(twin);
	place->mount = twin;
	return old;
}

struct path mount_namespace_top(struct mount_namespace *space)
{
	struct path top;
	lock_acquire(&mount_lock);
	top = (struct path){ space->mounts, space->mounts->root };
	path_get(&top);
	lock_release(&mount_lock);
	mount_cross(&top);
	return top;
}

struct mount_namespace *mount_namespace_copy(struct mount_namespace *space, struct fs_context *context)
{
	struct mount_namespace *copy = slab_allocate(sizeof(*copy));
	struct mount *root = NULL, *working = NULL;
	bool complete;
	if (!copy)
		return NULL;
	copy->references = 1;
	copy->id = namespace_number_next();
	lock_acquire(&context->lock);
	lock_acquire(&mount_lock);
	complete = namespace_fill(copy, space);
	if (complete) {
		root = place_translate(&context->root, space, copy);
		working = place_translate(&context->working, space, copy);
	}
	lock_release(&mount_lock);
	lock_release(&context->lock);
	mount_put(root);
	mount_put(working);
	if (complete)
		return copy;
	mount_namespace_put(copy);
	return NULL;
}

void mount_namespace_put(struct mount_namespace *space)
{
	if (__atomic_sub_fetch(&space->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	while (space->mounts) {
		struct mount *mount = space->mounts;
		struct path place;
		lock_acquire(&mount_lock);
		space->mounts = mount->next;
		mount->space = NULL;
		place = mount_displace(mount);
		lock_release(&mount_lock);
		path_put(&place);
		mount_put(mount);
	}
	slab_free(space, sizeof(*space));
}

void mount_place(struct mount *mount, const struct path *place)
{
	path_get(place);
	mount->parent = place->mount;
	mount->point = place->dentry;
	__atomic_add_fetch(&mount->point->mounts, 1, __ATOMIC_RELAXED);
}

struct path mount_displace(struct mount *mount)
{
	struct path place = { mount->parent, mount->point };
	if (place.dentry)
		__atomic_sub_fetch(&place.dentry->mounts, 1, __ATOMIC_RELAXED);
	mount->parent = NULL;
	mount->point = NULL;
	return place;
}

bool mount_is_below(const struct mount *mount, const struct mount *above)
{
	while (mount && mount != above)
		mount = mount->parent;
	return mount;
}

void mount_get(struct mount *mount)
{
	__atomic_add_fetch(&mount->references, 1, __ATOMIC_RELAXED);
}

void mount_put(struct mount *mount)
{
	while (mount && __atomic_sub_fetch(&mount->references, 1, __ATOMIC_ACQ_REL) == 0) {
		struct path place = mount_displace(mount);
		if (place.dentry)
			dentry_put(place.dentry);
		dentry_put(mount->root);
		superblock_unmounted(mount->super);
		superblock_put(mount->super);
		slab_free(mount, sizeof(*mount));
		mount = place.mount;
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

/* The newest mount on this place. */
static struct mount *mount_on_locked(const struct path *path)
{
	struct mount *found = NULL, *mount = path->mount->space ? path->mount->space->mounts : NULL;
	for (; mount; mount = mount->next) {
		if (mount->parent == path->mount && mount->point == path->dentry)
			found = mount;
	}
	return found;
}

/* The same, referenced. */
static struct mount *mount_on(const struct path *path)
{
	struct mount *found;
	lock_acquire(&mount_lock);
	found = mount_on_locked(path);
	if (found)
		mount_get(found);
	lock_release(&mount_lock);
	return found;
}

void mount_cross_held(struct path *path)
{
	struct mount *mount;
	while (__atomic_load_n(&path->dentry->mounts, __ATOMIC_RELAXED) && (mount = mount_on_locked(path)))
		*path = (struct path){ mount, mount->root };
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
	path_get(&up);
	lock_release(&mount_lock);
	if (!up.mount)
		return false;
	path_put(path);
	*path = up;
	return true;
}

int mount_attach(struct mount_namespace *space, const struct path *point, struct superblock *super,
		 struct dentry *root, uint32_t flags, const char *source)
{
	struct mount *mount = mount_create(super, root, flags, source);
	int error = 0;
	if (!mount)
		return -ENOMEM;
	lock_acquire(&mount_lock);
	if (point->mount->space != space)
		error = -EINVAL;
	else if (point->dentry->parent && !point->dentry->hashed)
		error = -ENOENT;
	if (!error) {
		mount_place(mount, point);
		namespace_append(space, mount);
	}
	lock_release(&mount_lock);
	if (error)
		mount_put(mount);
	return error;
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
