/* SPDX-License-Identifier: MIT */
/*
 * epoll's calls: epoll_create(2), epoll_ctl(2), epoll_wait(2) and relatives.
 *
 * A collection takes links from the ready list in order and asks their files; level-triggered ones go back to its end. Each link
 * is looked at once per collection (`round`).
 */
#include "stream/epoll.h"

#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/files.h"
#include "file/kinds.h"
#include "process/process.h"
#include "route/descriptors.h"
#include "stream/anonymous.h"
#include "stream/poll_timeout.h"

#define BATCH 32u
#define EXCLUSIVE_ALLOWED                                                                                    \
	(LINUX_POLLIN | LINUX_POLLOUT | LINUX_POLLERR | LINUX_POLLHUP | LINUX_EPOLLWAKEUP | LINUX_EPOLLET |  \
	 LINUX_EPOLLEXCLUSIVE)
#define NS_PER_MS 1000000ull

static uint32_t epoll_poll(struct file *file, struct poll_table *table)
{
	struct epoll *epoll = file->object;
	poll_add(table, file, &epoll->queue);
	return epoll_any_ready(epoll) ? LINUX_POLL_READABLE : 0;
}

static void epoll_release(struct file *file)
{
	struct epoll *epoll = file->object;
	if (!epoll)
		return;
	mutex_acquire(&epoll->mutex);
	for (uint32_t i = 0; i < epoll->bucket_count; i++) {
		while (epoll->buckets[i])
			epoll_link_remove(epoll->buckets[i]);
	}
	mutex_release(&epoll->mutex);
	epoll_put(epoll);
}

const struct file_operations epoll_operations = {
	.poll = epoll_poll,
	.seek = anonymous_seek,
	.release = epoll_release,
};

int64_t sys_epoll_create1(struct thread *self, int32_t flags)
{
	struct epoll *epoll;
	int fd;
	if ((uint32_t)flags & ~LINUX_EPOLL_CLOEXEC)
		return -EINVAL;
	epoll = epoll_create();
	if (!epoll)
		return -ENOMEM;
	fd = anonymous_install(self, FILE_EPOLL, epoll, (uint32_t)flags);
	if (fd < 0)
		epoll_put(epoll);
	return fd;
}

int64_t sys_epoll_create(struct thread *self, int32_t size)
{
	return size <= 0 ? -EINVAL : sys_epoll_create1(self, 0);
}

static int control_locked(struct thread *self, struct epoll *epoll, struct file *file, int32_t fd,
			  int32_t operation, const struct linux_epoll_event *event)
{
	struct epoll_link *link = epoll_find(epoll, file, fd);
	if (operation == LINUX_EPOLL_CTL_ADD)
		return link ? -EEXIST : epoll_link_add(self, epoll, file, fd, event);
	if (!link)
		return -ENOENT;
	if (operation == LINUX_EPOLL_CTL_DEL)
		epoll_link_remove(link);
	else if (link->events & LINUX_EPOLLEXCLUSIVE)
		return -EINVAL;
	else
		epoll_link_change(link, event);
	return 0;
}

static int control_check(const struct file *set, const struct file *file, int32_t operation, uint32_t events)
{
	if (!file_operations_table[file->kind]->poll)
		return -EPERM;
	if (set == file || set->kind != FILE_EPOLL)
		return -EINVAL;
	if (operation < LINUX_EPOLL_CTL_ADD || operation > LINUX_EPOLL_CTL_MOD)
		return -EINVAL;
	if (operation == LINUX_EPOLL_CTL_DEL || !(events & LINUX_EPOLLEXCLUSIVE))
		return 0;
	if (operation == LINUX_EPOLL_CTL_MOD || file->kind == FILE_EPOLL || events & ~EXCLUSIVE_ALLOWED)
		return -EINVAL;
	return 0;
}

static int control(struct thread *self, struct file *set, struct file *file, int32_t fd, int32_t operation,
		   struct linux_epoll_event *event)
{
	struct epoll *epoll = set->object;
	int error = control_check(set, file, operation, event->events);
	if (error)
		return error;
	event->events &= ~LINUX_EPOLLWAKEUP; /* nothing suspends here */
	mutex_acquire(&epoll->mutex);
	error = control_locked(self, epoll, file, fd, operation, event);
	mutex_release(&epoll->mutex);
	return error;
}

int64_t sys_epoll_ctl(struct thread *self, int32_t epoll_fd, int32_t operation, int32_t fd, gaddr_t guest)
{
	struct linux_epoll_event event = { 0 };
	struct file *set, *file;
	int error = -EBADF;
	if (operation != LINUX_EPOLL_CTL_DEL && guest_read(&event, guest, sizeof(event)))
		return -EFAULT;
	set = files_find(self->files, epoll_fd);
	if (!set)
		return -EBADF;
	file = files_find(self->files, fd);
	if (file) {
		error = control(self, set, file, fd, operation, &event);
		file_put(file);
	}
	file_put(set);
	return error;
}

/* Events found and not yet given to the guest, with the links they came from. */
struct batch {
	uint32_t count;
	struct epoll_link *links[BATCH];
	struct linux_epoll_event events[BATCH];
};

static void batch_fill(struct epoll *epoll, struct batch *batch, uint32_t limit)
{
	struct epoll_link *link;
	batch->count = 0;
	while (batch->count < limit && (link = epoll_take_ready(epoll))) {
		uint32_t events;
		if (link->round == epoll->round) {
			epoll_put_back(link);
			break;
		}
		link->round = epoll->round;
		link->state_then = link->state ? __atomic_load_n(link->state, __ATOMIC_ACQUIRE) : 0;
		events = link->found = epoll_link_events(link);
		if (!events)
			continue;
		batch->links[batch->count] = link;
		batch->events[batch->count++] = (struct linux_epoll_event){ events, link->data };
	}
}

/* What an event given out does to its link. */
static void link_delivered(struct epoll_link *link)
{
	uint32_t events = link->events;
	if (events & LINUX_EPOLLONESHOT) {
		lock_acquire(&epoll_lock);
		link->events &= LINUX_EPOLLET | LINUX_EPOLLONESHOT | LINUX_EPOLLEXCLUSIVE;
		lock_release(&epoll_lock);
	} else if (!(events & LINUX_EPOLLET)) {
		epoll_put_back(link);
	}
}

/* One batch to the guest: how many, or -EFAULT with all of them ready again. */
static int64_t batch_deliver(const struct batch *batch, gaddr_t guest)
{
	int error = guest_write(guest, batch->events, batch->count * sizeof(batch->events[0]));
	for (uint32_t i = 0; i < batch->count; i++) {
		if (error)
			epoll_put_back(batch->links[i]);
		else
			link_delivered(batch->links[i]);
	}
	return error ? error : (int64_t)batch->count;
}

static bool list_filled(void *object)
{
	const struct epoll *epoll = object;
	return __atomic_load_n(&epoll->ready_first, __ATOMIC_ACQUIRE);
}

static int64_t collect(struct epoll *epoll, gaddr_t guest, uint32_t max)
{
	struct batch batch;
	int64_t done = 0, moved;
	uint64_t changes;
	mutex_acquire(&epoll->mutex);
	changes = __atomic_load_n(&epoll->changes, __ATOMIC_ACQUIRE);
	epoll->round++;
	do {
		uint32_t limit = max - (uint32_t)done < BATCH ? max - (uint32_t)done : BATCH;
		batch_fill(epoll, &batch, limit);
		moved = batch_deliver(&batch, gaddr_add(guest, (uint64_t)done * sizeof(batch.events[0])));
		if (moved < 0 && !done)
			done = moved;
		else if (moved > 0)
			done += moved;
	} while (moved == BATCH && (uint32_t)done < max);
	if (moved >= 0)
		epoll_publish(epoll, changes);
	mutex_release(&epoll->mutex);
	if (list_filled(epoll))
		wait_wake_one(&epoll->queue, 0);
	return done;
}

/* `deadline_ns` 0: do not wait. */
static int64_t wait_for_events(struct thread *self, struct epoll *epoll, gaddr_t guest, uint32_t max,
			       uint64_t deadline_ns)
{
	for (;;) {
		int64_t done = list_filled(epoll) ? collect(epoll, guest, max) : 0;
		int error;
		if (!done && !deadline_ns)
			epoll_publish_empty(epoll);
		if (done || !deadline_ns)
			return done;
		if (signal_pending(self))
			return -EINTR;
		error = stream_wait(self, &epoll->queue, list_filled, epoll, deadline_ns);
		if (error == -ERESTARTSYS)
			return -EINTR;
		if (error)
			deadline_ns = 0;
	}
}

static int64_t epoll_wait_call(struct thread *self, int32_t fd, gaddr_t guest, int32_t max,
			       uint64_t deadline_ns)
{
	struct file *set;
	int64_t result = -EINVAL;
	if (max <= 0 || max > INT32_MAX / (int32_t)sizeof(struct linux_epoll_event))
		return -EINVAL;
	if (guest.value > GUEST_USER_LIMIT - (uint64_t)max * sizeof(struct linux_epoll_event))
		return -EFAULT;
	set = files_find(self->files, fd);
	if (!set)
		return -EBADF;
	if (set->kind == FILE_EPOLL)
		result = wait_for_events(self, set->object, guest, (uint32_t)max, deadline_ns);
	if (result >= 0 && descriptor_route_possible(set) && epoll_is_known(set->object))
		files_route(self, fd, set);
	file_put(set);
	return result;
}

static uint64_t deadline_of_ms(int32_t timeout_ms)
{
	if (timeout_ms < 0)
		return DEADLINE_NEVER;
	return timeout_ms ? clock_monotonic_ns() + (uint64_t)timeout_ms * NS_PER_MS : 0;
}

int64_t sys_epoll_wait(struct thread *self, int32_t fd, gaddr_t events, int32_t count, int32_t timeout_ms)
{
	return epoll_wait_call(self, fd, events, count, deadline_of_ms(timeout_ms));
}

int64_t sys_epoll_pwait(struct thread *self, int32_t fd, gaddr_t events, int32_t count, int32_t timeout_ms,
			gaddr_t mask, uint64_t set_bytes)
{
	int64_t result = poll_mask_begin(self, mask, set_bytes);
	if (result)
		return result;
	result = epoll_wait_call(self, fd, events, count, deadline_of_ms(timeout_ms));
	poll_mask_end(self, mask, result);
	return result;
}

int64_t sys_epoll_pwait2(struct thread *self, int32_t fd, gaddr_t events, int32_t count, gaddr_t time,
			 gaddr_t mask, uint64_t set_bytes)
{
	struct poll_timeout timeout;
	int64_t result = poll_timeout_read(&timeout, time, POLL_TIMESPEC);
	if (!result)
		result = poll_mask_begin(self, mask, set_bytes);
	if (result)
		return result;
	result = epoll_wait_call(self, fd, events, count, timeout.deadline_ns);
	poll_mask_end(self, mask, result);
	return result;
}
