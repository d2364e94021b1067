/* SPDX-License-Identifier: MIT */
/*
 * Making and removing names. The directory's times and size follow with the provider's answer.
 */
#include "fs/change.h"

#include <string.h>

#include "core/errno.h"
#include "fs/notify.h"
#include "fs/owner.h"
#include "process/process.h"

static int change_check_parent(struct thread *self, const struct walk_parent *parent)
{
	const struct inode *directory = parent->directory.dentry->inode;
	int error = mount_writable(&parent->directory);
	if (!error)
		error = permission_check(self, directory, LINUX_W_OK | LINUX_X_OK);
	if (!error && directory->stale)
		error = -ENOENT;
	return error;
}

/* The negative entry where something is to be made; `names` held. */
static struct dentry *change_vacant(const struct walk_parent *parent, int *error)
{
	struct dentry *dentry = dentry_lookup_locked(parent->directory.dentry, parent->name, parent->bytes,
						     error);
	if (!dentry || !dentry->inode)
		return dentry;
	dentry_put(dentry);
	*error = -EEXIST;
	return NULL;
}

/* A directory just made: all of its names, none, are known. Nobody else sees the dentry yet with its inode. */
static void change_mark_new(struct dentry *dentry, const struct inode *inode)
{
	dentry->complete = dentry->super->type == SUPER_VFS && inode_type(inode) == LINUX_S_IFDIR;
}

typedef int make_function(struct thread *self, const struct walk_parent *parent, const void *what,
			  bool vacant, struct inode **made);

static int change_make_vacant(struct thread *self, const struct walk_parent *parent, make_function *make,
			      const void *what, struct dentry **made)
{
	struct inode *inode = NULL;
	int error = 0;
	*made = change_vacant(parent, &error);
	if (!*made)
		return error;
	/* A name that is not in /proc cannot even be looked up there on Linux. */
	error = parent->directory.dentry->super->type == SUPER_PROC ? -ENOENT
								    : change_check_parent(self, parent);
	if (!error)
		error = make(self, parent, what, true, &inode);
	if (error) {
		dentry_put(*made);
		return error;
	}
	change_mark_new(*made, inode);
	dentry_instantiate(*made, inode);
	return 0;
}

/* A name that the cache does not know is made without looking it up first: the server says if it is there. -EAGAIN: the cache
   knows it, or all of the directory, or something else is wrong, and what that is depends on whether the name is there. */
static int change_make_unknown(struct thread *self, const struct walk_parent *parent, make_function *make,
			       const void *what, struct dentry **made)
{
	struct dentry *directory = parent->directory.dentry, *fresh;
	struct inode *inode = NULL;
	int error;
	if (directory->super->type != SUPER_VFS || dentry_knows_all(directory) ||
	    dentry_known(directory, parent->name, parent->bytes) || change_check_parent(self, parent))
		return -EAGAIN;
	fresh = dentry_prepare(directory, parent->name, parent->bytes);
	if (!fresh)
		return -ENOMEM;
	error = make(self, parent, what, false, &inode);
	if (error) {
		dentry_forget_prepared(fresh);
	} else {
		change_mark_new(fresh, inode);
		*made = dentry_enter_prepared(fresh, inode);
	}
	return !error || error == -EEXIST ? error : -EAGAIN;
}

static int change_make_locked(struct thread *self, const struct walk_parent *parent, make_function *make,
			      const void *what, struct dentry **made)
{
	int error = change_make_unknown(self, parent, make, what, made);
	if (error == -EAGAIN)
		error = change_make_vacant(self, parent, make, what, made);
	return error;
}

static int change_make(struct thread *self, const struct walk_parent *parent, make_function *make,
		       const void *what, struct dentry **made)
{
	struct inode *directory = parent->directory.dentry->inode;
	int error;
	mutex_acquire(&directory->names);
	error = change_make_locked(self, parent, make, what, made);
	mutex_release(&directory->names);
	if (!error)
		notify_name(directory, parent->name, NOTIFY_CREATE,
			    inode_type((*made)->inode) == LINUX_S_IFDIR, 0);
	return error;
}

static int make_node(struct thread *self, const struct walk_parent *parent, const void *what, bool vacant,
		     struct inode **made)
{
	struct new_node node = *(const struct new_node *)what;
	struct inode *directory = parent->directory.dentry->inode;
	if (!inode_provider(directory)->create)
		return (node.mode & LINUX_S_IFMT) == LINUX_S_IFREG ? -EACCES : -EPERM;
	node.vacant = vacant;
	return inode_provider(directory)->create(self, directory, parent->name, &node, made);
}

int change_create(struct thread *self, const struct walk_parent *parent, uint32_t mode, uint64_t device,
		  struct path *path)
{
	struct new_node node = { mode, device, false };
	struct dentry *made;
	int error = change_make(self, parent, make_node, &node, &made);
	if (error)
		return error;
	if ((mode & LINUX_S_IFMT) == LINUX_S_IFDIR)
		__atomic_add_fetch(&parent->directory.dentry->inode->attributes.links, 1, __ATOMIC_RELAXED);
	if (path) {
		*path = (struct path){ parent->directory.mount, made };
		mount_get(path->mount);
	} else {
		dentry_put(made);
	}
	return 0;
}

/* The dentry of an unnamed file is a root of its own, shown as "#number (deleted)". */
int change_create_unnamed(struct thread *self, const struct path *directory, uint32_t mode, struct path *path)
{
	struct inode *parent = directory->dentry->inode, *inode = NULL;
	const struct new_node node = { mode, 0, false };
	int error = mount_writable(directory);
	if (!error)
		error = permission_check(self, parent, LINUX_W_OK | LINUX_X_OK);
	if (!error && !inode_provider(parent)->create)
		error = -EOPNOTSUPP;
	if (!error)
		error = inode_provider(parent)->create(self, parent, "", &node, &inode);
	if (error)
		return error;
	inode->nameless = true;
	path->dentry = dentry_create_root(parent->super, inode);
	path->mount = directory->mount;
	if (!path->dentry) {
		inode_put(inode);
		return -ENOMEM;
	}
	mount_get(path->mount);
	return 0;
}

static int make_symlink(struct thread *self, const struct walk_parent *parent, const void *what, bool vacant,
			struct inode **made)
{
	struct inode *directory = parent->directory.dentry->inode;
	(void)vacant;
	if (!inode_provider(directory)->symlink)
		return -EPERM;
	return inode_provider(directory)->symlink(self, directory, parent->name, what, made);
}

int change_symlink(struct thread *self, const struct walk_parent *parent, const char *target)
{
	struct dentry *made;
	int error = change_make(self, parent, make_symlink, target, &made);
	if (!error)
		dentry_put(made);
	return error;
}

static int make_link(struct thread *self, const struct walk_parent *parent, const void *what, bool vacant,
		     struct inode **made)
{
	struct inode *directory = parent->directory.dentry->inode;
	const struct path *old = what;
	struct inode *inode = old->dentry->inode;
	int error;
	(void)self;
	(void)vacant;
	if (old->mount != parent->directory.mount || old->dentry->super != parent->directory.dentry->super)
		return -EXDEV;
	if (!inode_provider(directory)->link)
		return -EPERM;
	error = inode_provider(directory)->link(inode, directory, parent->name);
	if (error)
		return error;
	inode_get(inode);
	*made = inode;
	return 0;
}

int change_link(struct thread *self, const struct path *old, const struct walk_parent *parent)
{
	struct dentry *made;
	int error;
	if (inode_type(old->dentry->inode) == LINUX_S_IFDIR && old->mount == parent->directory.mount)
		return -EPERM;
	error = change_make(self, parent, make_link, old, &made);
	if (!error)
		dentry_put(made);
	return error;
}

static int remove_check(struct thread *self, const struct walk_parent *parent, const struct dentry *victim,
			bool is_directory)
{
	uint32_t type = inode_type(victim->inode);
	int error = mount_writable(&parent->directory);
	if (!error)
		error = permission_remove(self, parent->directory.dentry->inode, victim->inode);
	if (error)
		return error;
	if (is_directory)
		return type != LINUX_S_IFDIR ? -ENOTDIR : victim->mounts ? -EBUSY : 0;
	if (type == LINUX_S_IFDIR)
		return -EISDIR;
	return parent->slashes ? -ENOTDIR : 0;
}

static int change_remove_locked(struct thread *self, const struct walk_parent *parent, struct dentry *victim,
				bool is_directory)
{
	struct inode *directory = parent->directory.dentry->inode;
	int error = remove_check(self, parent, victim, is_directory);
	if (!error && !inode_provider(directory)->unlink)
		error = -EPERM;
	if (!error)
		error = inode_provider(directory)->unlink(directory, parent->name, victim->inode,
							  is_directory);
	if (error)
		return error;
	dentry_remove(victim);
	if (is_directory)
		__atomic_sub_fetch(&directory->attributes.links, 1, __ATOMIC_RELAXED);
	return 0;
}

int change_remove(struct thread *self, const struct walk_parent *parent, bool is_directory)
{
	struct inode *directory = parent->directory.dentry->inode;
	struct dentry *victim;
	int error = 0;
	mutex_acquire(&directory->names);
	victim = dentry_lookup_locked(parent->directory.dentry, parent->name, parent->bytes, &error);
	if (victim)
		error = victim->inode ? change_remove_locked(self, parent, victim, is_directory) : -ENOENT;
	mutex_release(&directory->names);
	if (!error) {
		notify_removed(victim->inode);
		notify_name(directory, parent->name, NOTIFY_DELETE, is_directory, 0);
	}
	if (victim)
		dentry_put(victim);
	return error;
}
