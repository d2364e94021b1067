/* SPDX-License-Identifier: MIT */
/*
 * The path walk: path_resolution(7), one component after the other over the dentry cache.
 *
 * A walk owns a reference on the place it stands on and on its root. A symbolic link's target is put in front of what
 * is left of the name, in a buffer of the walk's own, so nothing recurses. On a miss, the names that follow go to the
 * vfs server in one message.
 */
#include "fs/walk.h"

#include <string.h>

#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/component.h"
#include "fs/remote.h"
#include "process/process.h"

#define WALK_BUFFER (3u * LINUX_PATH_MAX)
#define PREFETCH_BYTES 1024u

struct walk {
	struct thread *self;
	struct path at, root;
	uint32_t flags;
	uint32_t links;
	const char *rest; /* what is left of the name */
	char *buffer;     /* holds rest after the first link; WALK_BUFFER bytes */
};

int name_read(struct guest_name *name, gaddr_t guest)
{
	int64_t length = guest_read_string(name->inline_text, guest, NAME_INLINE_BYTES);
	name->text = name->inline_text;
	if (length >= 0 || length != -ENAMETOOLONG)
		return length < 0 ? (int)length : 0;
	name->text = slab_allocate(LINUX_PATH_MAX);
	if (!name->text)
		return -ENOMEM;
	length = guest_read_string(name->text, guest, LINUX_PATH_MAX);
	if (length < 0)
		name_free(name);
	return length < 0 ? (int)length : 0;
}

void name_free(struct guest_name *name)
{
	if (name->text != name->inline_text)
		slab_free(name->text, LINUX_PATH_MAX);
}

static void walk_move(struct walk *walk, struct path next)
{
	path_put(&walk->at);
	walk->at = next;
}

static void walk_to_root(struct walk *walk)
{
	path_get(&walk->root);
	walk_move(walk, walk->root);
}

static bool path_same(const struct path *one, const struct path *other)
{
	return one->mount == other->mount && one->dentry == other->dentry;
}

static int walk_start_at_file(struct thread *self, int32_t descriptor, struct path *start)
{
	struct file *file = files_find_path(self->files, descriptor);
	if (!file)
		return -EBADF;
	*start = file->path;
	if (start->dentry)
		path_get(start);
	file_put(file);
	return start->dentry ? 0 : -ENOTDIR;
}

static int walk_start(struct walk *walk, int32_t directory, const char *name)
{
	struct fs_context *context = walk->self->fs;
	bool beneath = walk->flags & (WALK_BENEATH | WALK_IN_ROOT);
	int error = 0;
	if (walk->flags & WALK_BENEATH && *name == '/')
		return -EXDEV;
	lock_acquire(&context->lock);
	walk->root = context->root;
	walk->at = *name == '/' && !(walk->flags & WALK_IN_ROOT) ? context->root : context->working;
	path_get(&walk->root);
	path_get(&walk->at);
	lock_release(&context->lock);
	if ((*name != '/' || walk->flags & WALK_IN_ROOT) && directory != LINUX_AT_FDCWD) {
		struct path start;
		error = walk_start_at_file(walk->self, directory, &start);
		if (!error)
			walk_move(walk, start);
	}
	if (!error && beneath) {
		path_put(&walk->root);
		walk->root = walk->at;
		path_get(&walk->root);
	}
	return error;
}

static void walk_end(struct walk *walk)
{
	if (walk->at.dentry)
		path_put(&walk->at);
	if (walk->root.dentry)
		path_put(&walk->root);
	if (walk->buffer)
		slab_free(walk->buffer, WALK_BUFFER);
}

static int walk_up(struct walk *walk)
{
	struct path up;
	for (;;) {
		if (path_same(&walk->at, &walk->root))
			return walk->flags & WALK_BENEATH ? -EXDEV : 0;
		if (walk->at.dentry != walk->at.mount->root)
			break;
		if (walk->flags & WALK_NO_CROSS)
			return -EXDEV;
		if (!mount_leave(&walk->at))
			return 0;
	}
	up = (struct path){ walk->at.mount, dentry_get_parent(walk->at.dentry) };
	if (!up.dentry)
		return 0;
	mount_get(up.mount);
	walk_move(walk, up);
	mount_cross(&walk->at);
	return 0;
}

/* Ask for this and the following plain names at once. */
static void walk_prefetch(struct walk *walk, const struct component *first)
{
	char names[PREFETCH_BYTES];
	const char *ahead = walk->rest;
	struct component next = *first;
	uint32_t count = 0, bytes = 0;
	do {
		if (component_kind(&next) != LAST_NAME || bytes + next.bytes + 1 > sizeof(names) ||
		    next.bytes > LINUX_NAME_MAX)
			break;
		memcpy(names + bytes, next.name, next.bytes);
		names[bytes + next.bytes] = 0;
		bytes += next.bytes + 1;
		count++;
	} while (count < VFS_LOOKUP_MAX && component_next(&ahead, &next));
	if (count > 1)
		remote_prefetch(walk->at.dentry, names, count, bytes);
}

static struct dentry *walk_lookup(struct walk *walk, const struct component *component, int *error)
{
	struct dentry *parent = walk->at.dentry, *dentry;
	char name[LINUX_NAME_MAX + 1];
	if (component->bytes > LINUX_NAME_MAX) {
		*error = -ENAMETOOLONG;
		return NULL;
	}
	memcpy(name, component->name, component->bytes);
	name[component->bytes] = 0;
	dentry = dentry_find(parent, name, component->bytes);
	if (!dentry && !component->last && parent->super->type == SUPER_VFS)
		walk_prefetch(walk, component);
	if (!dentry)
		dentry = dentry_lookup(parent, name, component->bytes, error);
	if (dentry && !dentry->inode) {
		dentry_put(dentry);
		*error = -ENOENT;
		return NULL;
	}
	return dentry;
}

int rest_push_target(const char **rest, char *buffer, uint32_t size, const struct link_target *target)
{
	uint32_t left = (uint32_t)strlen(*rest);
	if (target->bytes + left + 2 > size)
		return -ENAMETOOLONG;
	memmove(buffer + target->bytes + target->slashes, *rest, left + 1);
	memcpy(buffer, target->text, target->bytes);
	if (target->slashes)
		buffer[target->bytes] = '/';
	*rest = buffer;
	return 0;
}

static int walk_push_target(struct walk *walk, const struct link_target *target)
{
	int error;
	if (!walk->buffer && !(walk->buffer = slab_allocate(WALK_BUFFER)))
		return -ENOMEM;
	error = rest_push_target(&walk->rest, walk->buffer, WALK_BUFFER, target);
	if (error || *walk->rest != '/')
		return error;
	if (walk->flags & WALK_BENEATH)
		return -EXDEV;
	walk_to_root(walk);
	return 0;
}

static int walk_read_target(struct walk *walk, struct inode *inode, bool slashes)
{
	char *text = slab_allocate(LINUX_PATH_MAX);
	struct link_target target = { text, 0, slashes };
	int64_t bytes;
	int error;
	if (!text)
		return -ENOMEM;
	bytes = inode_provider(inode)->read_link(walk->self, inode, text, LINUX_PATH_MAX - 1);
	if (bytes == 0)
		bytes = -ENOENT;
	target.bytes = (uint32_t)bytes;
	error = bytes < 0 ? (int)bytes : walk_push_target(walk, &target);
	slab_free(text, LINUX_PATH_MAX);
	return error;
}

static int walk_follow(struct walk *walk, struct inode *inode, bool slashes)
{
	const struct provider *provider = inode_provider(inode);
	struct path place;
	if (walk->flags & WALK_NO_LINKS || ++walk->links > LINUX_SYMLINK_DEPTH)
		return -ELOOP;
	if (provider->follow) {
		int error = provider->follow(walk->self, inode, &place);
		if (!error && walk->flags & (WALK_NO_MAGIC | WALK_BENEATH | WALK_IN_ROOT)) {
			path_put(&place);
			return walk->flags & WALK_NO_MAGIC ? -ELOOP : -EXDEV;
		}
		if (!error)
			walk_move(walk, place);
		if (error != -EINVAL)
			return error;
	}
	return walk_read_target(walk, inode, slashes);
}

static int walk_enter(struct walk *walk, struct dentry *dentry, const struct component *component)
{
	struct path next = { walk->at.mount, dentry };
	struct mount *mount = walk->at.mount;
	bool follow = !component->last || component->slashes || walk->flags & WALK_FOLLOW;
	mount_get(next.mount);
	mount_cross(&next);
	if (next.mount != mount && walk->flags & WALK_NO_CROSS) {
		path_put(&next);
		return -EXDEV;
	}
	if (inode_type(next.dentry->inode) == LINUX_S_IFLNK && follow) {
		int error = walk_follow(walk, next.dentry->inode, component->slashes);
		path_put(&next);
		return error;
	}
	walk_move(walk, next);
	return 0;
}

static int walk_may_search(struct walk *walk)
{
	if (inode_type(walk->at.dentry->inode) != LINUX_S_IFDIR)
		return -ENOTDIR;
	return permission_check(walk->self, walk->at.dentry->inode, LINUX_X_OK);
}

static int walk_component(struct walk *walk, const struct component *component)
{
	struct dentry *dentry;
	int error = 0;
	switch (component_kind(component)) {
	case LAST_DOT: return 0;
	case LAST_DOT_DOT: return walk_up(walk);
	default:
		dentry = walk_lookup(walk, component, &error);
		return dentry ? walk_enter(walk, dentry, component) : error;
	}
}

void parent_fill(struct walk_parent *parent, const struct component *component)
{
	parent->kind = component_kind(component);
	parent->slashes = component->slashes;
	parent->bytes = (uint16_t)component->bytes;
	memcpy(parent->name, component->name, component->bytes);
	parent->name[component->bytes] = 0;
}

/* The last component of a wanted parent: a link that is to be followed is chased, and the walk goes on with its target. */
static int walk_chase(struct walk *walk, const struct component *component, bool *chased)
{
	struct dentry *dentry;
	int error = 0;
	*chased = false;
	if (component->bytes > LINUX_NAME_MAX)
		return -ENAMETOOLONG;
	if (!(walk->flags & WALK_FOLLOW) || component_kind(component) != LAST_NAME)
		return 0;
	dentry = walk_lookup(walk, component, &error);
	if (!dentry)
		return error == -ENOENT ? 0 : error;
	*chased = inode_type(dentry->inode) == LINUX_S_IFLNK;
	if (*chased)
		error = walk_follow(walk, dentry->inode, component->slashes);
	dentry_put(dentry);
	return error;
}

/* Walk until the name is used up or, with a parent wanted, only its last component is left. */
static int walk_run(struct walk *walk, struct walk_parent *parent)
{
	struct component component = { 0 };
	int error = 0;
	while (!error && component_next(&walk->rest, &component)) {
		bool chased = false;
		error = walk_may_search(walk);
		if (!error && parent && component.last) {
			error = walk_chase(walk, &component, &chased);
			if (!error && !chased)
				parent_fill(parent, &component);
			if (error || !chased)
				return error;
		} else if (!error) {
			error = walk_component(walk, &component);
		}
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

static int walk_any(struct walk *walk, int32_t directory, const char *name, struct walk_parent *parent)
{
	int error;
	if (!*name && !(walk->flags & WALK_EMPTY))
		return -ENOENT;
	error = walk_start(walk, directory, name);
	if (error)
		return error;
	walk->rest = name;
	return walk_run(walk, parent);
}

int walk_path(struct thread *self, int32_t directory, const char *name, uint32_t flags, struct path *result)
{
	struct walk walk = { .self = self, .flags = flags };
	int error = walk_cached(self, directory, name, flags, result);
	if (error != -EAGAIN)
		return error;
	error = walk_any(&walk, directory, name, NULL);
	if (!error) {
		*result = walk.at;
		walk.at = (struct path){ NULL, NULL };
	}
	walk_end(&walk);
	return error;
}

int walk_to_parent(struct thread *self, int32_t directory, const char *name, uint32_t flags,
		   struct walk_parent *result)
{
	struct walk walk = { .self = self, .flags = flags };
	int error = walk_cached_parent(self, directory, name, flags, result);
	if (error != -EAGAIN)
		return error;
	error = walk_any(&walk, directory, name, result);
	if (!error) {
		result->directory = walk.at;
		walk.at = (struct path){ NULL, NULL };
	}
	walk_end(&walk);
	return error;
}

int walk_last(struct thread *self, const struct walk_parent *parent, uint32_t flags, struct path *result)
{
	struct walk walk = { .self = self, .flags = flags, .at = parent->directory };
	struct fs_context *context = self->fs;
	struct component component = {
		.name = parent->name, .bytes = parent->bytes, .last = true, .slashes = parent->slashes
	};
	int error;
	path_get(&walk.at);
	lock_acquire(&context->lock);
	walk.root = context->root;
	path_get(&walk.root);
	lock_release(&context->lock);
	walk.rest = "";
	error = parent->kind == LAST_ROOT ? 0 : walk_component(&walk, &component);
	if (!error)
		error = walk_run(&walk, NULL);
	if (!error && parent->slashes && inode_type(walk.at.dentry->inode) != LINUX_S_IFDIR)
		error = -ENOTDIR;
	if (!error) {
		*result = walk.at;
		walk.at = (struct path){ NULL, NULL };
	}
	walk_end(&walk);
	return error;
}

int walk_guest(struct thread *self, int32_t directory, gaddr_t guest_name, uint32_t flags,
	       struct path *result)
{
	struct guest_name name;
	int error = name_read(&name, guest_name);
	if (error)
		return error;
	error = walk_path(self, directory, name.text, flags, result);
	name_free(&name);
	return error;
}
