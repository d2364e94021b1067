/* SPDX-License-Identifier: MIT */
/*
 * What the file system tells (fs/notify.h), passed to the watches that asked for it.
 *
 * Something that happens to an open file or a place is told to the watches on the inode itself, without a name, and to those on
 * its directory, with the name. One-shot watches end with their first event.
 */
#include "fs/notify.h"

#include <string.h>

#include "core/survive.h"
#include "file/file.h"
#include "fs/dentry.h"
#include "stream/inotify.h"

#define INODES_MAX 16u

struct occurrence {
	uint32_t event; /* NOTIFY_*, IN_ISDIR */
	uint32_t cookie;
	const char *name; /* NULL: it happened to the watched inode itself */
	bool unlinked;    /* the place it happened at has lost its name */
};

static bool watched(const struct inode *inode)
{
	return __atomic_load_n(&inode->watches, __ATOMIC_ACQUIRE);
}

static bool nobody_watches(void)
{
	return !__atomic_load_n(&inotify_watch_total, __ATOMIC_RELAXED);
}

static void lock_watches(void)
{
	notify_lock.rank = RANK_STREAM;
	lock_acquire(&notify_lock);
}

static bool wants(const struct inotify_watch *watch, const struct occurrence *what)
{
	if (!(watch->mask & what->event & LINUX_IN_ALL_EVENTS))
		return false;
	return !(what->unlinked && watch->mask & LINUX_IN_EXCL_UNLINK);
}

/* Tell the watches; one-shot ones are taken off, and hear nothing more if there are too many of them to take off at once. */
static uint32_t tell_locked(struct inode *inode, const struct occurrence *what, struct inode **ended)
{
	struct inotify_watch *next;
	uint32_t count = 0;
	for (struct inotify_watch *watch = inode->watches; watch; watch = next) {
		next = watch->next_of_inode;
		if (!wants(watch, what))
			continue;
		inotify_queue_event(watch->instance, watch->number, what->event, what->name, what->cookie);
		if (!(watch->mask & LINUX_IN_ONESHOT))
			continue;
		watch->mask &= ~LINUX_IN_ALL_EVENTS;
		if (count < INODES_MAX)
			ended[count++] = inotify_watch_remove(watch);
	}
	return count;
}

static void tell(struct inode *inode, const struct occurrence *what)
{
	struct inode *ended[INODES_MAX];
	uint32_t count;
	if (!watched(inode))
		return;
	lock_watches();
	count = tell_locked(inode, what, ended);
	lock_release(&notify_lock);
	while (count)
		inode_put(ended[--count]);
}

void notify_name(struct inode *directory, const char *name, uint32_t event, bool is_directory,
		 uint32_t cookie)
{
	struct occurrence what = { event | (is_directory ? LINUX_IN_ISDIR : 0), cookie, name, false };
	tell(directory, &what);
}

struct place {
	struct inode *directory; /* referenced, if it is watched; or NULL */
	bool unlinked;
	char name[LINUX_NAME_MAX + 1];
};

static void place_of(struct dentry *dentry, struct place *place)
{
	place->directory = NULL;
	lock_acquire(&dentry_lock);
	place->unlinked = !dentry->hashed && dentry->parent;
	if (dentry->parent && dentry->parent->inode && watched(dentry->parent->inode)) {
		place->directory = dentry->parent->inode;
		inode_get(place->directory);
		memcpy(place->name, dentry->name, dentry->name_bytes);
		place->name[dentry->name_bytes] = 0;
	}
	lock_release(&dentry_lock);
}

static void tell_place(struct dentry *dentry, struct inode *inode, uint32_t event)
{
	struct occurrence what = { .event = event };
	struct place place;
	if (inode_type(inode) == LINUX_S_IFDIR)
		what.event |= LINUX_IN_ISDIR;
	place_of(dentry, &place);
	what.unlinked = place.unlinked;
	if (place.directory) {
		what.name = place.name;
		tell(place.directory, &what);
		inode_put(place.directory);
		what.name = NULL;
	}
	tell(inode, &what);
}

void notify_path(const struct path *path, uint32_t event)
{
	if (!nobody_watches() && path->dentry && path->dentry->inode)
		tell_place(path->dentry, path->dentry->inode, event);
}

/* All watches of an inode that is gone end, with IN_DELETE_SELF (never with IN_ISDIR) for those that asked. */
static void inode_gone(struct inode *inode)
{
	struct occurrence what = { .event = NOTIFY_DELETE_SELF };
	tell(inode, &what);
	while (watched(inode)) {
		struct inode *last = NULL;
		lock_watches();
		if (inode->watches)
			last = inotify_watch_remove(inode->watches);
		lock_release(&notify_lock);
		if (last)
			inode_put(last);
	}
}

void notify_file(struct file *file, uint32_t event)
{
	struct inode *inode = file->inode;
	bool closing = event & (NOTIFY_CLOSE_WRITE | NOTIFY_CLOSE_NOWRITE);
	if (nobody_watches() || !inode || !file->path.dentry)
		return;
	tell_place(file->path.dentry, inode, event);
	if (closing && watched(inode) && !inode->attributes.links && inode->opens == 1)
		inode_gone(inode);
}

void notify_removed(struct inode *inode)
{
	struct occurrence what = { .event = NOTIFY_ATTRIB };
	if (!watched(inode))
		return;
	if (inode_type(inode) != LINUX_S_IFDIR)
		tell(inode, &what);
	if (!inode->attributes.links && !__atomic_load_n(&inode->opens, __ATOMIC_ACQUIRE))
		inode_gone(inode);
}

void notify_moved(struct inode *inode)
{
	struct occurrence what = { .event = NOTIFY_MOVE_SELF };
	tell(inode, &what);
}

uint32_t notify_cookie(void)
{
	SURVIVES static uint32_t cookie;
	return __atomic_add_fetch(&cookie, 1, __ATOMIC_RELAXED);
}
