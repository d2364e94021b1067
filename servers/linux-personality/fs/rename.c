/* SPDX-License-Identifier: MIT */
/*
 * rename(2): two names of one file system change at once.
 *
 * Renames between directories take the rename mutex first, so that "is one below the other" cannot change meanwhile, then
 * both directories' `names` by address.
 */
#include "core/errno.h"
#include "core/survive.h"
#include "fs/change.h"
#include "fs/notify.h"
#include "process/process.h"
#include "route/descriptors.h"

SURVIVES static struct mutex rename_mutex;

struct rename_work {
	struct thread *self;
	const struct walk_parent *old, *new;
	struct dentry *source, *target;
	uint32_t flags;
};

static struct inode *directory_of(const struct walk_parent *parent)
{
	return parent->directory.dentry->inode;
}

static bool is_directory(const struct dentry *dentry)
{
	return inode_type(dentry->inode) == LINUX_S_IFDIR;
}

static int rename_check_target(const struct rename_work *work)
{
	const struct dentry *source = work->source, *target = work->target;
	if (work->flags & LINUX_RENAME_EXCHANGE)
		return target->inode ? 0 : -ENOENT;
	if (!target->inode)
		return !is_directory(source) && work->new->slashes ? -ENOTDIR : 0;
	if (work->flags & LINUX_RENAME_NOREPLACE)
		return -EEXIST;
	if (is_directory(source) && !is_directory(target))
		return -ENOTDIR;
	if (!is_directory(source) && is_directory(target))
		return -EISDIR;
	return target->mounts ? -EBUSY : 0;
}

static int rename_check_rights(const struct rename_work *work)
{
	const struct inode *new_directory = directory_of(work->new);
	int error = mount_writable(&work->old->directory);
	if (!error)
		error = permission_remove(work->self, directory_of(work->old), work->source->inode);
	if (!error && work->target->inode)
		error = permission_remove(work->self, new_directory, work->target->inode);
	else if (!error)
		error = permission_check(work->self, new_directory, LINUX_W_OK | LINUX_X_OK);
	if (!error && is_directory(work->source) && work->source->parent != work->target->parent)
		error = permission_check(work->self, work->source->inode, LINUX_W_OK);
	return error;
}

static int rename_check(const struct rename_work *work)
{
	const struct dentry *source = work->source, *target = work->target;
	int error;
	if (!source->inode)
		return -ENOENT;
	if (!is_directory(source) && work->old->slashes)
		return -ENOTDIR;
	if (dentry_is_below(work->new->directory.dentry, source))
		return -EINVAL;
	if (work->flags & LINUX_RENAME_EXCHANGE && dentry_is_below(work->old->directory.dentry, target))
		return -EINVAL;
	if (!(work->flags & LINUX_RENAME_EXCHANGE) && dentry_is_below(work->old->directory.dentry, target))
		return target->inode ? -ENOTEMPTY : -EINVAL;
	error = rename_check_target(work);
	if (!error)
		error = rename_check_rights(work);
	return !error && source->mounts ? -EBUSY : error;
}

/* A child directory went from one directory to the other. */
static void rename_count_child(struct inode *from, struct inode *to)
{
	__atomic_sub_fetch(&from->attributes.links, 1, __ATOMIC_RELAXED);
	__atomic_add_fetch(&to->attributes.links, 1, __ATOMIC_RELAXED);
}

static void rename_count_links(const struct rename_work *work)
{
	struct inode *old = directory_of(work->old), *new = directory_of(work->new);
	bool replaced = work->target->inode && is_directory(work->target);
	if (is_directory(work->source))
		rename_count_child(old, new);
	if (replaced && work->flags & LINUX_RENAME_EXCHANGE)
		rename_count_child(new, old);
	else if (replaced)
		__atomic_sub_fetch(&new->attributes.links, 1, __ATOMIC_RELAXED);
}

static void rename_done(const struct rename_work *work)
{
	inode_touch(work->source->inode, VFS_SET_CHANGED);
	rename_count_links(work);
}

static int rename_locked(struct rename_work *work)
{
	struct inode *old = directory_of(work->old), *new = directory_of(work->new);
	bool exchange = work->flags & LINUX_RENAME_EXCHANGE;
	int error = rename_check(work);
	if (error)
		return error;
	if (work->source->inode == work->target->inode && !exchange)
		return 0;
	if (!inode_provider(old)->rename)
		return -EPERM;
	error = inode_provider(old)->rename(old, work->old->name, new, work->new->name, work->target->inode,
					    work->flags);
	if (error)
		return error;
	rename_done(work);
	if (work->flags & LINUX_RENAME_WHITEOUT) /* a name that the cache does not see */
		work->old->directory.dentry->complete = false;
	return dentry_move(work->source, work->target, exchange);
}

static int rename_look_up(struct rename_work *work)
{
	int error = 0;
	work->source = dentry_lookup_locked(work->old->directory.dentry, work->old->name, work->old->bytes,
					    &error);
	if (!work->source)
		return error;
	work->target = dentry_lookup_locked(work->new->directory.dentry, work->new->name, work->new->bytes,
					    &error);
	return work->target ? rename_locked(work) : error;
}

static bool has_watches(const struct walk_parent *parent)
{
	return __atomic_load_n(&directory_of(parent)->watches, __ATOMIC_ACQUIRE);
}

/* Who watches a directory hears of the files that have come to it. */
static void end_routes(const struct rename_work *work)
{
	if (!has_watches(work->old) && !has_watches(work->new))
		return;
	descriptor_routes_end_watched(work->source->inode);
	if (work->target->inode)
		descriptor_routes_end_watched(work->target->inode);
}

static void rename_notify(const struct rename_work *work)
{
	uint32_t cookie = notify_cookie();
	bool directory = is_directory(work->source);
	notify_name(directory_of(work->old), work->old->name, NOTIFY_MOVED_FROM, directory, cookie);
	notify_name(directory_of(work->new), work->new->name, NOTIFY_MOVED_TO, directory, cookie);
	notify_moved(work->source->inode);
	end_routes(work);
	if (work->target->inode && !(work->flags & LINUX_RENAME_EXCHANGE) &&
	    work->target->inode != work->source->inode)
		notify_removed(work->target->inode);
}

int change_rename(struct thread *self, const struct walk_parent *old, const struct walk_parent *new,
		  uint32_t flags)
{
	struct rename_work work = { .self = self, .old = old, .new = new, .flags = flags };
	int error;
	if (old->directory.mount != new->directory.mount)
		return -EXDEV;
	if (old->kind != LAST_NAME || new->kind != LAST_NAME)
		return -EBUSY;
	mutex_acquire(&rename_mutex);
	mutex_acquire_pair(&directory_of(old)->names, &directory_of(new)->names);
	error = rename_look_up(&work);
	mutex_release_pair(&directory_of(old)->names, &directory_of(new)->names);
	mutex_release(&rename_mutex);
	if (!error)
		rename_notify(&work);
	if (work.target)
		dentry_put(work.target);
	if (work.source)
		dentry_put(work.source);
	return error;
}
