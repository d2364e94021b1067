/* SPDX-License-Identifier: MIT */
/*
 * Root, working directory and umask; and names of places: chdir(2), chroot(2), umask(2), getcwd(2).
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/context.h"
#include "process/credentials.h"
#include "process/process.h"

struct fs_context *fs_context_create(const struct path *root)
{
	struct fs_context *context = slab_allocate(sizeof(*context));
	if (!context)
		return NULL;
	lock_init(&context->lock, RANK_TABLE);
	context->references = 1;
	context->umask = 022;
	context->root = context->working = *root;
	path_get(root);
	path_get(root);
	return context;
}

struct fs_context *fs_context_copy(struct fs_context *from)
{
	struct fs_context *context = slab_allocate(sizeof(*context));
	if (!context)
		return NULL;
	lock_init(&context->lock, RANK_TABLE);
	context->references = 1;
	lock_acquire(&from->lock);
	context->umask = from->umask;
	context->root = from->root;
	context->working = from->working;
	path_get(&context->root);
	path_get(&context->working);
	lock_release(&from->lock);
	return context;
}

void fs_context_get(struct fs_context *context)
{
	__atomic_add_fetch(&context->references, 1, __ATOMIC_RELAXED);
}

void fs_context_put(struct fs_context *context)
{
	if (__atomic_sub_fetch(&context->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	path_put(&context->working);
	path_put(&context->root);
	slab_free(context, sizeof(*context));
}

/* Replace one of the context's places; takes over the reference. */
static void context_set(struct fs_context *context, struct path *place, struct path fresh)
{
	struct path old;
	lock_acquire(&context->lock);
	old = *place;
	*place = fresh;
	lock_release(&context->lock);
	path_put(&old);
}

int64_t sys_chdir(struct thread *self, gaddr_t name)
{
	struct path path;
	int error = walk_guest(self, LINUX_AT_FDCWD, name, WALK_FOLLOW | WALK_DIRECTORY, &path);
	if (error)
		return error;
	error = permission_check(self, path.dentry->inode, LINUX_X_OK);
	if (error)
		path_put(&path);
	else
		context_set(self->fs, &self->fs->working, path);
	return error;
}

int64_t sys_fchdir(struct thread *self, int32_t fd)
{
	struct file *file = files_find_path(self->files, fd);
	int error = 0;
	if (!file)
		return -EBADF;
	if (!file->path.dentry || inode_type(file->inode) != LINUX_S_IFDIR)
		error = -ENOTDIR;
	if (!error)
		error = permission_check(self, file->inode, LINUX_X_OK);
	if (!error) {
		path_get(&file->path);
		context_set(self->fs, &self->fs->working, file->path);
	}
	file_put(file);
	return error;
}

int64_t sys_chroot(struct thread *self, gaddr_t name)
{
	struct path path;
	int error = walk_guest(self, LINUX_AT_FDCWD, name, WALK_FOLLOW | WALK_DIRECTORY, &path);
	if (error)
		return error;
	error = permission_check(self, path.dentry->inode, LINUX_X_OK);
	if (!error && !thread_capable(self, LINUX_CAP_SYS_CHROOT))
		error = -EPERM;
	if (error)
		path_put(&path);
	else
		context_set(self->fs, &self->fs->root, path);
	return error;
}

int64_t sys_umask(struct thread *self, uint32_t mask)
{
	return (int64_t)__atomic_exchange_n(&self->fs->umask, mask & 0777, __ATOMIC_RELAXED);
}

/* A name built from its end towards its start. */
struct backward {
	char *start, *at;
};

static bool backward_prepend(struct backward *name, const char *text, uint32_t bytes)
{
	if (name->at - name->start < (int64_t)bytes)
		return false;
	name->at -= bytes;
	memcpy(name->at, text, bytes);
	return true;
}

/* One step up, over mount borders; false at the top. */
static bool name_step(struct path *place, const struct path *root, struct dentry **named)
{
	while (place->dentry == place->mount->root) {
		if (place->dentry == root->dentry && place->mount == root->mount)
			return false;
		if (!place->mount->parent)
			return false;
		*place = (struct path){ place->mount->parent, place->mount->point };
	}
	if (place->dentry == root->dentry && place->mount == root->mount)
		return false;
	*named = place->dentry;
	place->dentry = place->dentry->parent;
	return place->dentry != NULL;
}

static bool name_build(struct path place, const struct path *root, struct backward *name, bool *reached)
{
	struct dentry *named = NULL;
	bool fits = true, any = false;
	while (fits && name_step(&place, root, &named)) {
		fits = backward_prepend(name, named->name, named->name_bytes) &&
		       backward_prepend(name, "/", 1);
		any = true;
	}
	*reached = place.dentry == root->dentry && place.mount == root->mount;
	if (fits && !any)
		fits = backward_prepend(name, "/", 1);
	return fits;
}

/* Reading parents needs the mount tree and the dentries to hold still. */
static int64_t name_between(const struct path *place, const struct path *root, char *buffer, uint64_t bytes,
			    bool *reached)
{
	struct backward name = { buffer, buffer + bytes - 1 };
	int64_t length;
	bool fits;
	lock_acquire(&mount_lock);
	lock_acquire(&dentry_lock);
	fits = name_build(*place, root, &name, reached);
	lock_release(&dentry_lock);
	lock_release(&mount_lock);
	if (!fits)
		return -ENAMETOOLONG;
	length = buffer + bytes - 1 - name.at;
	memmove(buffer, name.at, (size_t)length);
	buffer[length] = 0;
	return length;
}

static void context_root(struct thread *self, struct path *root)
{
	lock_acquire(&self->fs->lock);
	*root = self->fs->root;
	path_get(root);
	lock_release(&self->fs->lock);
}

static bool place_deleted(const struct path *place)
{
	return !place->dentry->hashed && place->dentry->parent;
}

int64_t path_name(struct thread *self, const struct path *path, char *buffer, uint64_t bytes)
{
	static const char deleted[] = " (deleted)";
	struct path root;
	bool reached;
	int64_t length;
	context_root(self, &root);
	length = name_between(path, &root, buffer, bytes, &reached);
	path_put(&root);
	if (length < 0 || !place_deleted(path))
		return length;
	if ((uint64_t)length + sizeof(deleted) > bytes)
		return -ENAMETOOLONG;
	memcpy(buffer + length, deleted, sizeof(deleted));
	return length + (int64_t)sizeof(deleted) - 1;
}

static int64_t working_name(struct thread *self, char *buffer)
{
	static const char unreachable[] = "(unreachable)";
	struct path root, working;
	int64_t length;
	bool reached;
	lock_acquire(&self->fs->lock);
	root = self->fs->root;
	working = self->fs->working;
	path_get(&root);
	path_get(&working);
	lock_release(&self->fs->lock);
	length = place_deleted(&working) ? -ENOENT
					 : name_between(&working, &root, buffer + sizeof(unreachable),
							LINUX_PATH_MAX - sizeof(unreachable), &reached);
	if (length >= 0) {
		char *start = buffer + sizeof(unreachable);
		if (!reached) {
			start -= sizeof(unreachable) - 1;
			memcpy(start, unreachable, sizeof(unreachable) - 1);
			length += (int64_t)sizeof(unreachable) - 1;
		}
		memmove(buffer, start, (size_t)length + 1);
	}
	path_put(&working);
	path_put(&root);
	return length;
}

int64_t sys_getcwd(struct thread *self, gaddr_t buffer, uint64_t bytes)
{
	char *name = slab_allocate(LINUX_PATH_MAX);
	int64_t length;
	if (!name)
		return -ENOMEM;
	length = working_name(self, name);
	if (length >= 0)
		length++;
	if (length > 0 && (uint64_t)length > bytes)
		length = -ERANGE;
	if (length > 0 && guest_write(buffer, name, (size_t)length))
		length = -EFAULT;
	slab_free(name, LINUX_PATH_MAX);
	return length;
}
