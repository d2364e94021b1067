/* SPDX-License-Identifier: MIT */
/*
 * The walk over what the caches hold, under one hold of their locks: it asks nobody, references nothing on its way and
 * never waits. Where it meets something that the caches do not know, or that needs a provider's word (generated file
 * systems, restricted walks, a right that the mode bits refuse), it answers -EAGAIN and the walk of walk.c begins anew.
 */
#include "core/errno.h"
#include "file/file.h"
#include "fs/component.h"
#include "process/process.h"

#define HELD_TEXT_BYTES 512u
#define HELD_FLAGS (WALK_FOLLOW | WALK_DIRECTORY | WALK_EMPTY)

struct held_walk {
	struct thread *self;
	struct path at, root;
	const char *rest;
	uint32_t flags, links;
	char text[HELD_TEXT_BYTES]; /* holds rest after the first link */
};

static bool path_is(const struct path *one, const struct path *other)
{
	return one->dentry == other->dentry && one->mount == other->mount;
}

static int held_may_search(const struct held_walk *walk)
{
	const struct dentry *at = walk->at.dentry;
	if (at->super->type != SUPER_VFS)
		return -EAGAIN;
	if (inode_type(at->inode) != LINUX_S_IFDIR)
		return -ENOTDIR;
	if ((at->inode->attributes.mode & 0111) == 0111)
		return 0;
	return permission_check(walk->self, at->inode, LINUX_X_OK) ? -EAGAIN : 0;
}

static int held_up(struct held_walk *walk)
{
	struct path *at = &walk->at;
	while (!path_is(at, &walk->root) && at->dentry == at->mount->root && at->mount->parent)
		*at = (struct path){ at->mount->parent, at->mount->point };
	if (path_is(at, &walk->root) || at->dentry == at->mount->root || !at->dentry->parent)
		return 0;
	at->dentry = at->dentry->parent;
	mount_cross_held(at);
	return 0;
}

static int held_follow(struct held_walk *walk, const struct inode *inode, bool slashes)
{
	struct link_target target = { __atomic_load_n(&inode->target, __ATOMIC_ACQUIRE), 0, slashes };
	if (!target.text || ++walk->links > LINUX_SYMLINK_DEPTH)
		return -EAGAIN;
	target.bytes = inode->target_bytes;
	if (rest_push_target(&walk->rest, walk->text, sizeof(walk->text), &target))
		return -EAGAIN;
	if (*walk->rest == '/')
		walk->at = walk->root;
	return 0;
}

static int held_name(struct held_walk *walk, const struct component *component)
{
	bool follow = !component->last || component->slashes || walk->flags & WALK_FOLLOW;
	struct path next = { walk->at.mount, NULL };
	next.dentry = component->bytes > LINUX_NAME_MAX ? NULL
							: dentry_peek(walk->at.dentry, component->name,
								      component->bytes, component->hash);
	if (!next.dentry)
		return -EAGAIN;
	if (!next.dentry->inode)
		return -ENOENT;
	mount_cross_held(&next);
	if (inode_type(next.dentry->inode) == LINUX_S_IFLNK && follow)
		return next.dentry->super->type == SUPER_VFS
			       ? held_follow(walk, next.dentry->inode, component->slashes)
			       : -EAGAIN;
	walk->at = next;
	return 0;
}

static int held_component(struct held_walk *walk, const struct component *component)
{
	switch (component_kind(component)) {
	case LAST_DOT: return 0;
	case LAST_DOT_DOT: return held_up(walk);
	default: return held_name(walk, component);
	}
}

/* The last component of a wanted parent. Whether it is a link matters only to a caller who follows one. */
static int held_parent(struct held_walk *walk, const struct component *component, struct walk_parent *parent)
{
	if (component->bytes > LINUX_NAME_MAX)
		return -ENAMETOOLONG;
	if (walk->flags & WALK_FOLLOW && component_kind(component) == LAST_NAME) {
		const struct dentry *dentry = dentry_peek(walk->at.dentry, component->name, component->bytes,
							  component->hash);
		if (!dentry || (dentry->inode && inode_type(dentry->inode) == LINUX_S_IFLNK))
			return -EAGAIN;
	}
	parent_fill(parent, component);
	return 0;
}

/* Until the name is used up or, with a parent wanted, only its last component is left. */
static int held_run(struct held_walk *walk, struct walk_parent *parent)
{
	struct component component = { 0 };
	int error = 0;
	while (!error && component_next(&walk->rest, &component)) {
		error = held_may_search(walk);
		if (!error && parent && component.last)
			return held_parent(walk, &component, parent);
		if (!error)
			error = held_component(walk, &component);
	}
	if (error)
		return error;
	if (parent)
		parent->kind = LAST_ROOT;
	else if ((component.slashes || walk->flags & WALK_DIRECTORY) &&
		 inode_type(walk->at.dentry->inode) != LINUX_S_IFDIR)
		return -ENOTDIR;
	return 0;
}

/* Takes the locks, in their order. */
static int held_start(struct held_walk *walk, struct held_path *held, int32_t directory)
{
	struct fs_context *context = walk->self->fs;
	bool from_file = *walk->rest != '/' && directory != LINUX_AT_FDCWD;
	held->context = NULL;
	held->start = NULL;
	if (from_file) {
		held->start = files_find_path(walk->self->files, directory);
		if (!held->start)
			return -EBADF;
		if (!held->start->path.mount)
			return held->start->path.dentry ? -EAGAIN : -ENOTDIR;
	}
	held->context = context;
	lock_acquire(&context->lock);
	walk->root = context->root;
	walk->at = from_file ? held->start->path : *walk->rest == '/' ? context->root : context->working;
	lock_acquire(&mount_lock);
	lock_acquire(&dentry_lock);
	return 0;
}

void walk_release(struct held_path *held)
{
	if (held->context) {
		lock_release(&dentry_lock);
		lock_release(&mount_lock);
		lock_release(&held->context->lock);
	}
	if (held->start)
		file_put(held->start);
}

static int held_any(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		    struct walk_parent *parent, struct held_path *held)
{
	struct held_walk walk;
	int error;
	if (flags & ~HELD_FLAGS)
		return -EAGAIN;
	if (!*name && !(flags & WALK_EMPTY))
		return -ENOENT;
	walk.self = self;
	walk.flags = flags;
	walk.links = 0;
	walk.rest = name;
	error = held_start(&walk, held, directory);
	if (!error)
		error = held_run(&walk, parent);
	if (error)
		walk_release(held);
	else
		held->path = walk.at;
	return error;
}

int walk_hold(struct thread *self, int32_t directory, const char *name, uint32_t flags,
	      struct held_path *held)
{
	return held_any(self, directory, name, flags, NULL, held);
}

static void held_keep(struct held_path *held, struct path *result)
{
	*result = held->path;
	path_get(result);
	walk_release(held);
}

int walk_cached(struct thread *self, int32_t directory, const char *name, uint32_t flags, struct path *result)
{
	struct held_path held;
	int error = held_any(self, directory, name, flags, NULL, &held);
	if (!error)
		held_keep(&held, result);
	return error;
}

int walk_cached_parent(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		       struct walk_parent *result)
{
	struct held_path held;
	int error = held_any(self, directory, name, flags, result, &held);
	if (!error)
		held_keep(&held, &result->directory);
	return error;
}
