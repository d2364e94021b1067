/* SPDX-License-Identifier: MIT */
/*
 * pivot_root(2): the mount at new_root takes the place of the caller's root mount, which moves to put_old, at or below
 * new_root. Every process whose root or working directory was the old root itself follows to the new one.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "fs/mount.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"
#include "process/tree.h"

struct pivot {
	struct path root, fresh, put_old;
};

/* Is the place at or below `above`, through whatever is mounted in between? mount_lock held. */
static bool place_reachable(struct path place, const struct path *above)
{
	while (place.mount != above->mount && place.mount->parent)
		place = (struct path){ place.mount->parent, place.mount->point };
	return place.mount == above->mount && dentry_is_below(place.dentry, above->dentry);
}

static bool is_shared(const struct mount *mount)
{
	return mount && mount->shared;
}

static bool is_removed(const struct dentry *dentry)
{
	return dentry->parent && !dentry->hashed;
}

/* mount_lock held. */
static int pivot_check(struct thread *self, const struct pivot *pivot)
{
	const struct mount *root = pivot->root.mount, *fresh = pivot->fresh.mount;
	const struct mount_namespace *space = self->process->mounts;
	if (is_removed(pivot->put_old.dentry))
		return -ENOENT;
	if (is_shared(pivot->put_old.mount) || is_shared(fresh->parent) || is_shared(root->parent))
		return -EINVAL;
	if (root->space != space || fresh->space != space)
		return -EINVAL;
	if (!fresh->parent) /* the first mount of a namespace is locked to it */
		return -EINVAL;
	if (is_removed(pivot->fresh.dentry))
		return -ENOENT;
	if (fresh == root || pivot->put_old.mount == root)
		return -EBUSY;
	if (pivot->root.dentry != root->root || !root->parent)
		return -EINVAL;
	if (pivot->fresh.dentry != fresh->root)
		return -EINVAL;
	if (!place_reachable(pivot->put_old, &pivot->fresh) || !place_reachable(pivot->fresh, &pivot->root))
		return -EINVAL;
	return 0;
}

/* mount_lock held; what held the two places is for the caller to put. */
static void pivot_exchange(const struct pivot *pivot, struct path left[2])
{
	left[0] = mount_displace(pivot->root.mount);
	left[1] = mount_displace(pivot->fresh.mount);
	mount_place(pivot->fresh.mount, &left[0]);
	mount_place(pivot->root.mount, &pivot->put_old);
}

struct follow {
	const struct pivot *pivot;
	uint32_t count; /* places that left the old root */
};

static void place_follow(struct path *place, struct follow *follow)
{
	if (place->mount != follow->pivot->root.mount || place->dentry != follow->pivot->root.dentry)
		return;
	*place = follow->pivot->fresh;
	path_get(place);
	follow->count++;
}

static void process_follow(struct process *process, void *context)
{
	lock_acquire(&process->lock);
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process) {
		if (!thread->fs)
			continue;
		lock_acquire(&thread->fs->lock);
		place_follow(&thread->fs->root, context);
		place_follow(&thread->fs->working, context);
		lock_release(&thread->fs->lock);
	}
	lock_release(&process->lock);
}

static int pivot_do(struct thread *self, const struct pivot *pivot)
{
	struct follow follow = { pivot, 0 };
	struct path left[2] = { 0 };
	int error;
	lock_acquire(&mount_lock);
	error = pivot_check(self, pivot);
	if (!error)
		pivot_exchange(pivot, left);
	lock_release(&mount_lock);
	if (error)
		return error;
	lock_acquire(&process_tree_lock);
	process_for_each(process_follow, &follow);
	lock_release(&process_tree_lock);
	while (follow.count--)
		path_put(&pivot->root);
	path_put(&left[0]);
	path_put(&left[1]);
	return 0;
}

int64_t sys_pivot_root(struct thread *self, gaddr_t new_root, gaddr_t put_old)
{
	struct pivot pivot;
	int error;
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	error = walk_guest(self, LINUX_AT_FDCWD, new_root, WALK_FOLLOW | WALK_DIRECTORY, &pivot.fresh);
	if (error)
		return error;
	error = walk_guest(self, LINUX_AT_FDCWD, put_old, WALK_FOLLOW | WALK_DIRECTORY, &pivot.put_old);
	if (!error) {
		lock_acquire(&self->fs->lock);
		pivot.root = self->fs->root;
		path_get(&pivot.root);
		lock_release(&self->fs->lock);
		error = pivot_do(self, &pivot);
		path_put(&pivot.root);
		path_put(&pivot.put_old);
	}
	path_put(&pivot.fresh);
	return error;
}
