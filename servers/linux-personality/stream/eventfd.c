/* SPDX-License-Identifier: MIT */
/*
 * eventfd(2): a counter that can be waited for.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "linux_abi/epoll.h"
#include "linux_abi/files.h"
#include "stream/anonymous.h"

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
	struct lock lock; /* RANK_STREAM */
	uint64_t count;   /* A to look at */
	bool semaphore;   /* I */
	struct wait_queue read_queue, write_queue;
};

static uint64_t count_now(const struct eventfd *event)
{
	return __atomic_load_n(&event->count, __ATOMIC_ACQUIRE);
}

static bool has_count(void *object)
{
	return count_now(object) != 0;
}

static uint64_t take(struct eventfd *event)
{
	uint64_t value;
	lock_acquire(&event->lock);
	value = event->semaphore && event->count ? 1 : event->count;
	__atomic_store_n(&event->count, event->count - value, __ATOMIC_RELEASE);
	lock_release(&event->lock);
	return value;
}

static int64_t eventfd_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct eventfd *event = file->object;
	uint64_t value;
	(void)offset;
	if (iter->remaining < sizeof(value))
		return -EINVAL;
	do {
		int error = stream_wait_file(self, file, &event->read_queue, has_count);
		if (error)
			return error;
		value = take(event);
	} while (!value);
	wait_wake_all(&event->write_queue, LINUX_POLLOUT);
	if (has_count(event))
		wait_wake_one(&event->read_queue, LINUX_POLLIN);
	return iter_to_guest(iter, &value, sizeof(value)) == sizeof(value) ? (int64_t)sizeof(value) : -EFAULT;
}

static bool put(struct eventfd *event, uint64_t value)
{
	bool fits;
	lock_acquire(&event->lock);
	fits = value <= COUNT_MAX - event->count;
	if (fits)
		__atomic_store_n(&event->count, event->count + value, __ATOMIC_RELEASE);
	lock_release(&event->lock);
	return fits;
}

struct room {
	const struct eventfd *event;
	uint64_t value;
};

static bool has_room(void *object)
{
	const struct room *room = object;
	return room->value <= COUNT_MAX - count_now(room->event);
}

static int64_t eventfd_write(struct thread *self, struct file *file, struct guest_iter *iter,
			     uint64_t *offset)
{
	struct eventfd *event = file->object;
	struct room room = { event, 0 };
	(void)offset;
	if (iter->remaining < sizeof(room.value))
		return -EINVAL;
	if (iter_from_guest(iter, &room.value, sizeof(room.value)) != sizeof(room.value))
		return -EFAULT;
	if (room.value == UINT64_MAX)
		return -EINVAL;
	while (!put(event, room.value)) {
		int error = -EAGAIN;
		if (!(file->flags & LINUX_O_NONBLOCK))
			error = stream_wait(self, &event->write_queue, has_room, &room, DEADLINE_NEVER);
		if (error)
			return error;
	}
	wait_wake_one(&event->read_queue, LINUX_POLLIN);
	return sizeof(room.value);
}

static uint32_t eventfd_poll(struct file *file, struct poll_table *table)
{
	struct eventfd *event = file->object;
	uint64_t count;
	poll_add(table, file, &event->read_queue);
	poll_add(table, file, &event->write_queue);
	count = count_now(event);
	return (count ? LINUX_POLLIN : 0) | (count < COUNT_MAX ? LINUX_POLLOUT : 0);
}

static void eventfd_release(struct file *file)
{
	slab_free(file->object, sizeof(struct eventfd));
}

const struct file_operations eventfd_operations = {
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.seek = anonymous_seek,
	.release = eventfd_release,
};

int64_t sys_eventfd2(struct thread *self, uint32_t value, int32_t flags)
{
	struct eventfd *event;
	int fd;
	if ((uint32_t)flags & ~(LINUX_EFD_SEMAPHORE | LINUX_EFD_CLOEXEC | LINUX_EFD_NONBLOCK))
		return -EINVAL;
	event = slab_allocate(sizeof(*event));
	if (!event)
		return -ENOMEM;
	lock_init(&event->lock, RANK_STREAM);
	event->count = value;
	event->semaphore = (uint32_t)flags & LINUX_EFD_SEMAPHORE;
	wait_queue_init(&event->read_queue);
	wait_queue_init(&event->write_queue);
	fd = anonymous_install(self, FILE_EVENTFD, event, (uint32_t)flags);
	if (fd < 0)
		slab_free(event, sizeof(*event));
	return fd;
}

int64_t sys_eventfd(struct thread *self, uint32_t value)
{
	return sys_eventfd2(self, value, 0);
}
