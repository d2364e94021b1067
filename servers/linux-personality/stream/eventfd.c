/* SPDX-License-Identifier: MIT */
/*
 * eventfd(2): a counter that can be waited for. It is a struct route_counter: the kernel reads and writes it by itself while
 * nobody waits in our queues; guests that wait in the kernel are woken beside ours.
 */
#include "abi/route.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "linux_abi/epoll.h"
#include "linux_abi/files.h"
#include "runtime/kernel.h"
#include "stream/anonymous.h"

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
	struct lock lock; /* RANK_STREAM */
	uint64_t count;   /* A to look at */
	uint64_t max;     /* I */
	uint32_t flags;   /* I; ROUTE_COUNTER_* */
	uint32_t parked;  /* A; ROUTE_STREAM_*: who waits for it in the kernel */
	struct wait_queue read_queue, write_queue;
	uint64_t reserved[6];
} __attribute__((aligned(128)));
_Static_assert(sizeof(((struct eventfd *)NULL)->lock) == 2 * sizeof(uint32_t) &&
		       offsetof(struct eventfd, count) == offsetof(struct route_counter, count) &&
		       offsetof(struct eventfd, max) == offsetof(struct route_counter, max) &&
		       offsetof(struct eventfd, flags) == offsetof(struct route_counter, flags) &&
		       offsetof(struct eventfd, parked) == offsetof(struct route_counter, parked) &&
		       offsetof(struct eventfd, read_queue.first) ==
			       offsetof(struct route_counter, watch[0].first) &&
		       offsetof(struct eventfd, write_queue.first) ==
			       offsetof(struct route_counter, watch[1].first) &&
		       sizeof(struct eventfd) == sizeof(struct route_counter),
	       "the kernel finds its way in a counter");

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
	value = event->flags & ROUTE_COUNTER_ONE && event->count ? 1 : event->count;
	__atomic_store_n(&event->count, event->count - value, __ATOMIC_RELEASE);
	lock_release(&event->lock);
	return value;
}

static void wake_readers(struct eventfd *event)
{
	wait_wake_one(&event->read_queue, LINUX_POLLIN);
	if (__atomic_load_n(&event->parked, __ATOMIC_ACQUIRE) & ROUTE_STREAM_READERS)
		(void)k_word_wake((uintptr_t)&event->count, 1, WAIT_ANY, 0);
}

/* Any of them may fit. */
static void wake_writers(struct eventfd *event)
{
	uintptr_t word = (uintptr_t)&event->count + sizeof(uint32_t);
	wait_wake_all(&event->write_queue, LINUX_POLLOUT);
	if (__atomic_load_n(&event->parked, __ATOMIC_ACQUIRE) & ROUTE_STREAM_WRITERS)
		(void)k_word_wake(word, UINT32_MAX, WAIT_ANY, 0);
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
	wake_writers(event);
	if (has_count(event))
		wake_readers(event);
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
	wake_readers(event);
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

static const uint64_t *eventfd_state(struct file *file)
{
	return &((struct eventfd *)file->object)->count;
}

static void eventfd_release(struct file *file)
{
	slab_free(file->object, sizeof(struct eventfd));
}

const struct file_operations eventfd_operations = {
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.poll_state = eventfd_state,
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
	event->max = COUNT_MAX;
	event->flags = (uint32_t)flags & LINUX_EFD_SEMAPHORE ? ROUTE_COUNTER_ONE : 0;
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
