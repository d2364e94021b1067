/* SPDX-License-Identifier: MIT */
/*
 * Reading, writing and polling pipes and fifos.
 *
 * Waiters are exclusive: one reader is woken for new data, one writer for new room; a woken one that leaves something behind
 * wakes the next. The last writer's or reader's end wakes all.
 */
#include "stream/pipe.h"

#include "core/errno.h"
#include "file/control.h"
#include "file/kinds.h"
#include "fs/inode.h"
#include "fs/notify.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/credentials.h"
#include "process/process.h"
#include "runtime/kernel.h"
#include "stream/pipe_open.h"

static uint32_t count_of(const uint32_t *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static bool readable(const struct pipe *pipe)
{
	return !pipe_ring_empty(&pipe->ring) || !count_of(&pipe->writers);
}

static bool writable(const struct pipe *pipe)
{
	return !pipe_ring_full(&pipe->ring) || !count_of(&pipe->readers);
}

void pipe_wake_readers(struct pipe *pipe)
{
	wait_wake_one(&pipe->read_queue, LINUX_POLL_READABLE);
	if (__atomic_load_n(&pipe->ring.parked, __ATOMIC_ACQUIRE) & ROUTE_STREAM_READERS)
		(void)k_word_wake((uintptr_t)&pipe->ring.head, 1, WAIT_ANY, 0);
}

void pipe_wake_writers(struct pipe *pipe)
{
	wait_wake_one(&pipe->write_queue, LINUX_POLL_WRITABLE);
	if (__atomic_load_n(&pipe->ring.parked, __ATOMIC_ACQUIRE) & ROUTE_STREAM_WRITERS)
		(void)k_word_wake((uintptr_t)&pipe->ring.tail, 1, WAIT_ANY, 0);
}

void pipe_wake_parked(struct pipe *pipe)
{
	if (!__atomic_exchange_n(&pipe->ring.parked, 0, __ATOMIC_ACQ_REL))
		return;
	(void)k_word_wake((uintptr_t)&pipe->ring.head, UINT32_MAX, WAIT_ANY, 0);
	(void)k_word_wake((uintptr_t)&pipe->ring.tail, UINT32_MAX, WAIT_ANY, 0);
}

static int wait_until(struct thread *self, struct pipe *pipe, struct wait_queue *queue,
		      bool (*condition)(const struct pipe *pipe))
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare_exclusive(self, &node, queue);
	while (!error && !condition(pipe))
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	return error;
}

int pipe_wait_readable(struct thread *self, struct pipe *pipe, bool block)
{
	int error;
	if (readable(pipe))
		return 0;
	if (!block)
		return -EAGAIN;
	error = wait_until(self, pipe, &pipe->read_queue, readable);
	if (error && readable(pipe))
		pipe_wake_readers(pipe);
	return error;
}

int pipe_wait_writable(struct thread *self, struct pipe *pipe, bool block)
{
	int error;
	if (writable(pipe))
		return 0;
	if (!block)
		return -EAGAIN;
	error = wait_until(self, pipe, &pipe->write_queue, writable);
	if (error && writable(pipe))
		pipe_wake_writers(pipe);
	return error;
}

int pipe_broken(struct thread *self)
{
	struct linux_siginfo info = { .number = LINUX_SIGPIPE };
	info.u.sender.pid = self->process->pid;
	info.u.sender.uid = self->credentials->uid;
	(void)!signal_send_thread(self, LINUX_SIGPIPE, &info);
	return -EPIPE;
}

static bool blocks(const struct file *file)
{
	return !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

/* Move what is there; mutex held. Bytes, 0 when the pipe is empty, or -EFAULT with nothing moved. */
static int64_t read_some(struct pipe *pipe, struct guest_iter *iter)
{
	int64_t done = 0, moved;
	bool packet = false;
	while (iter->remaining && !packet && !pipe_ring_empty(&pipe->ring)) {
		moved = pipe_ring_read(&pipe->ring, iter, &packet);
		if (moved <= 0)
			return done ? done : -EFAULT;
		done += moved;
	}
	return done;
}

/* One turn: bytes, an error, or 0 with *ended telling whether that is the end. */
static int64_t read_once(struct pipe *pipe, struct guest_iter *iter, bool *ended)
{
	bool was_full;
	int64_t done;
	mutex_acquire(&pipe->mutex);
	was_full = pipe_ring_full(&pipe->ring);
	*ended = !count_of(&pipe->writers);
	done = read_some(pipe, iter);
	mutex_release(&pipe->mutex);
	if (was_full && !pipe_ring_full(&pipe->ring))
		pipe_wake_writers(pipe);
	return done;
}

static int64_t pipe_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct pipe *pipe = file->object;
	bool ended = false, slept = false;
	int64_t done = 0;
	(void)offset;
	if (!iter->remaining)
		return 0;
	while (!done && !ended) {
		slept = slept || !readable(pipe);
		done = pipe_wait_readable(self, pipe, blocks(file));
		if (!done)
			done = read_once(pipe, iter, &ended);
	}
	if (slept && !pipe_ring_empty(&pipe->ring))
		pipe_wake_readers(pipe);
	if (done > 0)
		notify_file(file, NOTIFY_ACCESS);
	return done;
}

/* Put in what there is room for; mutex held. */
static int64_t write_some(struct thread *self, struct pipe *pipe, struct guest_iter *iter, bool packet)
{
	int64_t done = 0, moved;
	if (!count_of(&pipe->readers))
		return pipe_broken(self);
	while (iter->remaining && pipe_ring_accepts(&pipe->ring, iter->remaining, packet)) {
		moved = pipe_ring_write(&pipe->ring, iter, packet);
		if (moved <= 0)
			return done ? done : moved ? moved : -EFAULT;
		done += moved;
	}
	return done;
}

static int64_t write_once(struct thread *self, struct file *file, struct guest_iter *iter)
{
	struct pipe *pipe = file->object;
	int64_t moved;
	mutex_acquire(&pipe->mutex);
	moved = write_some(self, pipe, iter, file->flags & LINUX_O_DIRECT);
	mutex_release(&pipe->mutex);
	if (moved > 0)
		pipe_wake_readers(pipe);
	return moved;
}

static int64_t pipe_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct pipe *pipe = file->object;
	int64_t done = 0, moved = 0;
	bool slept = false;
	(void)offset;
	while (iter->remaining && moved >= 0) {
		moved = write_once(self, file, iter);
		if (moved > 0)
			done += moved;
		if (moved < 0 || !iter->remaining || writable(pipe))
			continue;
		slept = true;
		moved = pipe_wait_writable(self, pipe, blocks(file));
	}
	if (slept && !pipe_ring_full(&pipe->ring))
		pipe_wake_writers(pipe);
	if (done)
		notify_file(file, NOTIFY_MODIFY);
	return done ? done : moved;
}

static uint32_t poll_read_side(struct file *file, struct pipe *pipe)
{
	uint32_t events = pipe_ring_empty(&pipe->ring) ? 0 : LINUX_POLL_READABLE;
	/* A reader that came before any writer has nobody to be hung up on. */
	if (!count_of(&pipe->writers) && file->detail[0] != count_of(&pipe->writer_opens))
		events |= LINUX_POLLHUP;
	return events;
}

static uint32_t pipe_poll(struct file *file, struct poll_table *table)
{
	struct pipe *pipe = file->object;
	uint32_t access = file->flags & LINUX_O_ACCMODE, events = 0;
	if (access != LINUX_O_WRONLY) {
		poll_add(table, file, &pipe->read_queue);
		events |= poll_read_side(file, pipe);
	}
	if (access != LINUX_O_RDONLY) {
		poll_add(table, file, &pipe->write_queue);
		events |= pipe_ring_full(&pipe->ring) ? 0 : LINUX_POLL_WRITABLE;
		events |= count_of(&pipe->readers) ? 0 : LINUX_POLLERR;
	}
	return events;
}

/* Readers, writers and the size change with everybody woken. */
static const uint64_t *pipe_state(struct file *file)
{
	const struct pipe *pipe = file->object;
	_Static_assert(offsetof(struct pipe, ring.head) % sizeof(uint64_t) == 0, "head and tail are a word");
	return (const uint64_t *)(const void *)&pipe->ring.head;
}

static int64_t pipe_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct pipe *pipe = file->object;
	int32_t bytes;
	(void)self;
	if (command != LINUX_FIONREAD)
		return -ENOTTY;
	mutex_acquire(&pipe->mutex);
	bytes = (int32_t)pipe_ring_bytes(&pipe->ring);
	mutex_release(&pipe->mutex);
	return guest_write((gaddr_t){ argument }, &bytes, sizeof(bytes));
}

static void pipe_release(struct file *file)
{
	if (file->object)
		pipe_close(file->object, file->inode, file->flags);
}

const struct file_operations pipe_operations = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.poll_state = pipe_state,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

#define PIPE_SLOTS_MAX (1048576u / PIPE_PAGE) /* /proc/sys/fs/pipe-max-size */

/* Slots for a size in bytes: the next power of two of pages; 0: too big. */
static uint32_t slots_for(uint64_t bytes)
{
	uint32_t slots = 1;
	if (bytes > 1ull << 31)
		return 0;
	while ((uint64_t)slots * PIPE_PAGE < bytes)
		slots *= 2;
	return slots;
}

int64_t pipe_control_size(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct pipe *pipe = file->object;
	uint32_t slots = slots_for((uint32_t)argument);
	int64_t result;
	if (command == LINUX_F_GETPIPE_SZ)
		return (int64_t)pipe->ring.size * PIPE_PAGE;
	if (!slots)
		return -EINVAL;
	mutex_acquire(&pipe->mutex);
	if (slots > pipe->ring.size && slots > PIPE_SLOTS_MAX &&
	    !thread_capable(self, LINUX_CAP_SYS_RESOURCE))
		result = -EPERM;
	else
		result = pipe_ring_resize(&pipe->ring, slots);
	if (!result)
		result = (int64_t)slots * PIPE_PAGE;
	mutex_release(&pipe->mutex);
	wait_wake_all(&pipe->write_queue, LINUX_POLL_WRITABLE);
	pipe_wake_parked(pipe);
	return result;
}
