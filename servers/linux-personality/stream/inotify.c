/* SPDX-License-Identifier: MIT */
/*
 * The calls of inotify(7), and reading its events.
 */
#include "stream/inotify.h"

#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/control.h"
#include "file/kinds.h"
#include "fs/walk.h"
#include "linux_abi/poll.h"
#include "process/process.h"
#include "route/descriptors.h"
#include "stream/anonymous.h"

#define WATCH_BITS (LINUX_IN_ALL_EVENTS | LINUX_IN_EXCL_UNLINK | LINUX_IN_ONESHOT)
#define ALL_BITS                                                                                             \
	(WATCH_BITS | LINUX_IN_UNMOUNT | LINUX_IN_Q_OVERFLOW | LINUX_IN_IGNORED | LINUX_IN_ONLYDIR |         \
	 LINUX_IN_DONT_FOLLOW | LINUX_IN_MASK_CREATE | LINUX_IN_MASK_ADD | LINUX_IN_ISDIR)

static bool has_events(void *object)
{
	const struct inotify *instance = object;
	return __atomic_load_n(&instance->event_count, __ATOMIC_ACQUIRE) != 0;
}

static struct inotify_event *take(struct inotify *instance, uint64_t room, bool *fits)
{
	struct inotify_event *event;
	lock_acquire(&notify_lock);
	event = inotify_take(instance, room, fits);
	lock_release(&notify_lock);
	return event;
}

/* One event to the guest, its name padded with NULs. */
static int64_t give(struct guest_iter *iter, const struct inotify_event *event)
{
	uint32_t bytes = inotify_event_bytes(event);
	struct {
		struct linux_inotify_event header;
		char name[LINUX_NAME_MAX + 1 + sizeof(struct linux_inotify_event)];
	} out;
	memset(&out, 0, sizeof(out));
	out.header = (struct linux_inotify_event){ event->watch, event->mask, event->cookie,
						   bytes - (uint32_t)sizeof(out.header) };
	memcpy(out.name, event->name, event->name_length);
	return iter_to_guest(iter, &out, bytes) == bytes ? (int64_t)bytes : -EFAULT;
}

/* What is there and fits: bytes, 0 when there is nothing, -EINVAL when not even the first event fits. */
static int64_t give_all(struct inotify *instance, struct guest_iter *iter)
{
	struct inotify_event *event;
	int64_t done = 0, moved = 0;
	bool fits = true;
	while (moved >= 0 && (event = take(instance, iter->remaining, &fits))) {
		moved = give(iter, event);
		inotify_event_free(event);
		done += moved > 0 ? moved : 0;
	}
	if (done)
		return done;
	return fits ? moved : -EINVAL;
}

static int64_t inotify_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct inotify *instance = file->object;
	int64_t done = 0;
	(void)offset;
	while (!done) {
		int error = stream_wait_file(self, file, &instance->queue, has_events);
		done = error ? error : give_all(instance, iter);
	}
	return done;
}

static uint32_t inotify_poll(struct file *file, struct poll_table *table)
{
	struct inotify *instance = file->object;
	poll_add(table, file, &instance->queue);
	return has_events(instance) ? LINUX_POLL_READABLE : 0;
}

static int64_t inotify_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct inotify *instance = file->object;
	int32_t bytes = 0;
	(void)self;
	if (command != LINUX_FIONREAD)
		return -ENOTTY;
	lock_acquire(&notify_lock);
	for (const struct inotify_event *event = instance->first; event; event = event->next)
		bytes += (int32_t)inotify_event_bytes(event);
	lock_release(&notify_lock);
	return guest_write((gaddr_t){ argument }, &bytes, sizeof(bytes));
}

static void inotify_release(struct file *file)
{
	struct inotify *instance = file->object;
	struct inotify_event *event;
	bool fits;
	if (!instance)
		return;
	while (instance->watches) {
		struct inode *inode = NULL;
		lock_acquire(&notify_lock);
		if (instance->watches)
			inode = inotify_watch_remove(instance->watches);
		lock_release(&notify_lock);
		if (inode)
			inode_put(inode);
	}
	while ((event = take(instance, UINT64_MAX, &fits)))
		inotify_event_free(event);
	slab_free(instance, sizeof(*instance));
}

const struct file_operations inotify_operations = {
	.read = inotify_read,
	.poll = inotify_poll,
	.ioctl = inotify_ioctl,
	.seek = anonymous_seek,
	.release = inotify_release,
};

int64_t sys_inotify_init1(struct thread *self, int32_t flags)
{
	struct inotify *instance;
	int fd;
	if ((uint32_t)flags & ~(LINUX_IN_CLOEXEC | LINUX_IN_NONBLOCK))
		return -EINVAL;
	instance = slab_allocate(sizeof(*instance));
	if (!instance)
		return -ENOMEM;
	notify_lock.rank = RANK_STREAM;
	wait_queue_init(&instance->queue);
	fd = anonymous_install(self, FILE_INOTIFY, instance, (uint32_t)flags);
	if (fd < 0)
		slab_free(instance, sizeof(*instance));
	return fd;
}

int64_t sys_inotify_init(struct thread *self)
{
	return sys_inotify_init1(self, 0);
}

static struct inotify_watch *watch_on(struct inotify *instance, const struct inode *inode)
{
	struct inotify_watch *watch = inode->watches;
	while (watch && watch->instance != instance)
		watch = watch->next_of_inode;
	return watch;
}

static int watch_change(struct inotify_watch *watch, uint32_t mask)
{
	if (mask & LINUX_IN_MASK_CREATE)
		return -EEXIST;
	if (mask & LINUX_IN_MASK_ADD)
		watch->mask |= mask & WATCH_BITS;
	else
		watch->mask = mask & WATCH_BITS;
	return watch->number;
}

/* Numbers rise and are not used again before they wrap. */
static int watch_enter(struct inotify *instance, struct inode *inode, struct inotify_watch *watch,
		       uint32_t mask)
{
	if (instance->watch_count >= INOTIFY_WATCHES_MAX || instance->last_number == INT32_MAX)
		return -ENOSPC;
	*watch = (struct inotify_watch){
		instance, inode, inode->watches, instance->watches, ++instance->last_number, mask & WATCH_BITS
	};
	instance->watches = watch;
	instance->watch_count++;
	__atomic_add_fetch(&inotify_watch_total, 1, __ATOMIC_RELAXED);
	__atomic_store_n(&inode->watches, watch, __ATOMIC_RELEASE);
	return watch->number;
}

static int watch_update(struct inotify *instance, struct inode *inode, uint32_t mask)
{
	struct inotify_watch *fresh = slab_allocate(sizeof(*fresh)), *there;
	int result;
	if (!fresh)
		return -ENOMEM;
	inode_get(inode);
	lock_acquire(&notify_lock);
	there = watch_on(instance, inode);
	result = there ? watch_change(there, mask) : watch_enter(instance, inode, fresh, mask);
	lock_release(&notify_lock);
	if (!there && result >= 0)
		descriptor_routes_end_watched(inode);
	if (there || result < 0) {
		inode_put(inode);
		slab_free(fresh, sizeof(*fresh));
	}
	return result;
}

static int watch_add(struct thread *self, struct inotify *instance, gaddr_t name, uint32_t mask)
{
	uint32_t flags = (mask & LINUX_IN_DONT_FOLLOW ? 0 : WALK_FOLLOW) |
			 (mask & LINUX_IN_ONLYDIR ? WALK_DIRECTORY : 0);
	struct path path;
	int result = walk_guest(self, LINUX_AT_FDCWD, name, flags, &path);
	if (result)
		return result;
	result = permission_check(self, path.dentry->inode, LINUX_R_OK);
	if (!result)
		result = watch_update(instance, path.dentry->inode, mask);
	path_put(&path);
	return result;
}

/* The instance behind a descriptor; *file is to be put. */
static int instance_of(struct thread *self, int32_t fd, struct file **file)
{
	*file = files_find(self->files, fd);
	if (!*file)
		return -EBADF;
	if ((*file)->kind == FILE_INOTIFY)
		return 0;
	file_put(*file);
	return -EINVAL;
}

int64_t sys_inotify_add_watch(struct thread *self, int32_t fd, gaddr_t name, uint32_t mask)
{
	struct file *file;
	int result;
	if (!(mask & ALL_BITS) || (mask & LINUX_IN_MASK_ADD && mask & LINUX_IN_MASK_CREATE))
		return -EINVAL;
	result = instance_of(self, fd, &file);
	if (result)
		return result;
	result = watch_add(self, file->object, name, mask);
	file_put(file);
	return result;
}

static int watch_remove(struct inotify *instance, int32_t number)
{
	struct inotify_watch *watch;
	struct inode *inode = NULL;
	lock_acquire(&notify_lock);
	for (watch = instance->watches; watch && watch->number != number; watch = watch->next_of_instance)
		;
	if (watch)
		inode = inotify_watch_remove(watch);
	lock_release(&notify_lock);
	if (!inode)
		return -EINVAL;
	inode_put(inode);
	return 0;
}

int64_t sys_inotify_rm_watch(struct thread *self, int32_t fd, int32_t number)
{
	struct file *file;
	int result = instance_of(self, fd, &file);
	if (result)
		return result;
	result = watch_remove(file->object, number);
	file_put(file);
	return result;
}
