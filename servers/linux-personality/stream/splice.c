/* SPDX-License-Identifier: MIT */
/*
 * splice(2), tee(2), vmsplice(2): data into and out of pipes, through a buffer of our own.
 *
 * Pages are copied, not shared: what Linux promises about the data holds, and SPLICE_F_MOVE and SPLICE_F_GIFT are only hints.
 * From a pipe as much is taken as the other side has accepted.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "fs/inode.h"
#include "linux_abi/files.h"
#include "process/process.h"
#include "stream/pipe.h"

#define SPLICE_MOVE 1u
#define SPLICE_NONBLOCK 2u
#define SPLICE_MORE 4u
#define SPLICE_GIFT 8u
#define SPLICE_ALL (SPLICE_MOVE | SPLICE_NONBLOCK | SPLICE_MORE | SPLICE_GIFT)
#define BOUNCE_BYTES 65536u

struct end {
	struct file *file;
	gaddr_t guest_offset; /* 0: the file's own position */
	uint64_t offset;
};

struct splice {
	struct thread *self;
	struct end in, out;
	uint64_t count;
	bool block;
};

static bool is_pipe(const struct end *end)
{
	return end->file->kind == FILE_PIPE;
}

static bool may_read(const struct file *file)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	return access == LINUX_O_RDONLY || access == LINUX_O_RDWR;
}

static bool may_write(const struct file *file)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	return access == LINUX_O_WRONLY || access == LINUX_O_RDWR;
}

static bool blocks(const struct splice *splice, const struct file *pipe)
{
	return splice->block && !(__atomic_load_n(&pipe->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

/* Into a pipe with room waited for; at most `bytes`. The pipe's own write does the rest, and has room for a page at least. */
static int64_t pipe_room(struct splice *splice)
{
	struct pipe *pipe = splice->out.file->object;
	uint32_t slots;
	int error = pipe_wait_writable(splice->self, pipe, blocks(splice, splice->out.file));
	if (error)
		return error;
	if (!__atomic_load_n(&pipe->readers, __ATOMIC_ACQUIRE))
		return pipe_broken(splice->self);
	slots = pipe->ring.size - pipe_ring_used(&pipe->ring);
	return (int64_t)(slots < BOUNCE_BYTES / PIPE_PAGE ? slots : BOUNCE_BYTES / PIPE_PAGE) * PIPE_PAGE;
}

static int64_t end_move(struct splice *splice, struct end *end, bool write, void *buffer, uint64_t bytes)
{
	const struct file_operations *operations = file_operations_table[end->file->kind];
	struct guest_iter iter;
	iter_init_kernel(&iter, buffer, bytes);
	return write ? operations->write(splice->self, end->file, &iter, &end->offset)
		     : operations->read(splice->self, end->file, &iter, &end->offset);
}

/* Data that was read and could not all be written: what a seekable source gave too much is not consumed. */
static void take_back(struct end *end, uint64_t before, int64_t written)
{
	if (file_operations_table[end->file->kind]->seekable)
		end->offset = before + (uint64_t)(written > 0 ? written : 0);
}

static int64_t file_to_pipe(struct splice *splice, void *bounce)
{
	int64_t room = pipe_room(splice), got, put;
	uint64_t before = splice->in.offset;
	if (room < 0)
		return room;
	got = end_move(splice, &splice->in, false, bounce,
		       (uint64_t)room < splice->count ? (uint64_t)room : splice->count);
	if (got <= 0)
		return got;
	put = end_move(splice, &splice->out, true, bounce, (uint64_t)got);
	take_back(&splice->in, before, put);
	return put;
}

/* Look at what the pipe holds without taking it; mutex held. */
static int64_t pipe_peek(struct pipe *pipe, void *bounce, uint64_t count)
{
	uint64_t done = 0;
	for (uint32_t at = pipe->ring.tail; at != pipe->ring.head && done < count; at++) {
		const struct pipe_slot *slot = pipe_ring_slot(&pipe->ring, at);
		uint64_t part = slot->length < count - done ? slot->length : count - done;
		__builtin_memcpy((uint8_t *)bounce + done, slot->page + slot->offset, part);
		done += part;
	}
	return (int64_t)done;
}

/* The pipe's mutex is held until the other side has answered, so that what it refuses stays. */
static int64_t pipe_to_file_locked(struct splice *splice, struct pipe *pipe, void *bounce, bool *ended)
{
	uint64_t limit = splice->count < BOUNCE_BYTES ? splice->count : BOUNCE_BYTES;
	int64_t got = pipe_peek(pipe, bounce, limit), put;
	*ended = !__atomic_load_n(&pipe->writers, __ATOMIC_ACQUIRE);
	if (got <= 0)
		return got;
	put = end_move(splice, &splice->out, true, bounce, (uint64_t)got);
	if (put > 0)
		pipe_ring_drop(&pipe->ring, (uint64_t)put);
	return put;
}

static int64_t pipe_to_file(struct splice *splice, void *bounce)
{
	struct pipe *pipe = splice->in.file->object;
	bool ended = false;
	int64_t done = 0;
	while (!done && !ended) {
		done = pipe_wait_readable(splice->self, pipe, blocks(splice, splice->in.file));
		if (done)
			return done;
		mutex_acquire(&pipe->mutex);
		done = pipe_to_file_locked(splice, pipe, bounce, &ended);
		mutex_release(&pipe->mutex);
	}
	if (done > 0)
		pipe_wake_writers(pipe);
	return done;
}

/* From one pipe to another; `keep`: tee. Both mutexes are held: no waiting inside. */
static int64_t pipe_to_pipe_locked(struct splice *splice, struct pipe *from, struct pipe *to, bool keep)
{
	int64_t moved;
	if (!__atomic_load_n(&to->readers, __ATOMIC_ACQUIRE))
		return pipe_broken(splice->self);
	moved = pipe_ring_copy(&to->ring, &from->ring, splice->count);
	if (moved > 0 && !keep)
		pipe_ring_drop(&from->ring, (uint64_t)moved);
	return moved;
}

static int64_t pipe_to_pipe(struct splice *splice, bool keep)
{
	struct pipe *from = splice->in.file->object, *to = splice->out.file->object;
	int64_t moved = 0;
	bool ended = false;
	while (!moved && !ended) {
		moved = pipe_wait_readable(splice->self, from, blocks(splice, splice->in.file));
		if (!moved)
			moved = pipe_wait_writable(splice->self, to, blocks(splice, splice->out.file));
		if (moved)
			return moved;
		mutex_acquire_pair(&from->mutex, &to->mutex);
		ended = pipe_ring_empty(&from->ring) && !__atomic_load_n(&from->writers, __ATOMIC_ACQUIRE);
		moved = pipe_to_pipe_locked(splice, from, to, keep);
		mutex_release_pair(&from->mutex, &to->mutex);
	}
	if (moved > 0) {
		pipe_wake_readers(to);
		if (!keep)
			pipe_wake_writers(from);
	}
	return moved;
}

static int64_t splice_chunk(struct splice *splice, void *bounce)
{
	if (is_pipe(&splice->in) && is_pipe(&splice->out))
		return pipe_to_pipe(splice, false);
	return is_pipe(&splice->in) ? pipe_to_file(splice, bounce) : file_to_pipe(splice, bounce);
}

/* After the first piece nothing is waited for. */
static int64_t splice_all(struct splice *splice)
{
	void *bounce = slab_allocate(BOUNCE_BYTES);
	int64_t done = 0, moved = 1;
	if (!bounce)
		return -ENOMEM;
	while (splice->count && moved > 0) {
		moved = splice_chunk(splice, bounce);
		if (moved <= 0)
			break;
		done += moved;
		splice->count -= (uint64_t)moved;
		splice->block = false;
		if (!is_pipe(&splice->in) && !file_operations_table[splice->in.file->kind]->seekable)
			break; /* a stream is read once */
	}
	slab_free(bounce, BOUNCE_BYTES);
	return done ? done : moved;
}

static int splice_check(const struct splice *splice)
{
	const struct end *in = &splice->in, *out = &splice->out;
	if (!may_read(in->file) || !may_write(out->file))
		return -EBADF;
	if ((is_pipe(in) && in->guest_offset.value) || (is_pipe(out) && out->guest_offset.value))
		return -ESPIPE;
	if (!is_pipe(in) && !is_pipe(out))
		return -EINVAL;
	if (is_pipe(in) && is_pipe(out) && in->file->object == out->file->object)
		return -EINVAL;
	if (!file_operations_table[in->file->kind]->read || !file_operations_table[out->file->kind]->write)
		return -EINVAL;
	return !is_pipe(out) && out->file->flags & LINUX_O_APPEND ? -EINVAL : 0;
}

static int end_begin(struct end *end)
{
	bool seekable = file_operations_table[end->file->kind]->seekable;
	if (!end->guest_offset.value) {
		end->offset = seekable ? end->file->offset : 0;
		return 0;
	}
	if (!seekable)
		return -EINVAL;
	if (guest_read(&end->offset, end->guest_offset, sizeof(end->offset)))
		return -EFAULT;
	return (int64_t)end->offset < 0 ? -EINVAL : 0;
}

static int end_finish(struct end *end)
{
	if (end->guest_offset.value)
		return guest_write(end->guest_offset, &end->offset, sizeof(end->offset));
	if (file_operations_table[end->file->kind]->seekable)
		end->file->offset = end->offset;
	return 0;
}

static int64_t splice_run(struct splice *splice)
{
	int64_t done;
	int error = splice_check(splice);
	if (!error)
		error = end_begin(&splice->in);
	if (!error)
		error = end_begin(&splice->out);
	if (error)
		return error;
	done = splice_all(splice);
	error = end_finish(&splice->in);
	if (!error)
		error = end_finish(&splice->out);
	return error ? error : done;
}

static void splice_put(struct splice *splice)
{
	if (splice->in.file)
		file_put(splice->in.file);
	if (splice->out.file)
		file_put(splice->out.file);
}

int64_t sys_splice(struct thread *self, int32_t in, gaddr_t in_offset, int32_t out, gaddr_t out_offset,
		   uint64_t count, uint32_t flags)
{
	struct splice splice = { .self = self, .count = count, .block = !(flags & SPLICE_NONBLOCK) };
	int64_t result = -EBADF;
	if (!count)
		return 0;
	if (flags & ~SPLICE_ALL)
		return -EINVAL;
	splice.in = (struct end){ files_find(self->files, in), in_offset, 0 };
	splice.out = (struct end){ files_find(self->files, out), out_offset, 0 };
	if (splice.in.file && splice.out.file)
		result = splice_run(&splice);
	splice_put(&splice);
	return result;
}

static int64_t tee_run(struct splice *splice)
{
	if (!may_read(splice->in.file) || !may_write(splice->out.file))
		return -EBADF;
	if (!is_pipe(&splice->in) || !is_pipe(&splice->out) ||
	    splice->in.file->object == splice->out.file->object)
		return -EINVAL;
	return pipe_to_pipe(splice, true);
}

int64_t sys_tee(struct thread *self, int32_t in, int32_t out, uint64_t count, uint32_t flags)
{
	struct splice splice = { .self = self, .count = count, .block = !(flags & SPLICE_NONBLOCK) };
	int64_t result = -EBADF;
	if (flags & ~SPLICE_ALL)
		return -EINVAL;
	if (!count)
		return 0;
	splice.in = (struct end){ files_find(self->files, in), { 0 }, 0 };
	splice.out = (struct end){ files_find(self->files, out), { 0 }, 0 };
	if (splice.in.file && splice.out.file)
		result = tee_run(&splice);
	splice_put(&splice);
	return result;
}

/* A pipe's write end takes the guest's memory, its read end fills it. */
static int64_t vmsplice_run(struct thread *self, struct file *file, struct guest_iter *iter, bool block)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	struct pipe *pipe = file->object;
	uint64_t offset = 0;
	bool write = may_write(file);
	int error = 0;
	if (!iter->remaining)
		return 0;
	if (!block)
		error = write ? pipe_wait_writable(self, pipe, false) : pipe_wait_readable(self, pipe, false);
	if (error)
		return error;
	if (!block && write && iter->remaining > PIPE_PAGE)
		iter->remaining = PIPE_PAGE;
	return write ? operations->write(self, file, iter, &offset)
		     : operations->read(self, file, iter, &offset);
}

int64_t sys_vmsplice(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count, uint32_t flags)
{
	struct guest_iter iter;
	struct file *file;
	int64_t result;
	if (flags & ~SPLICE_ALL)
		return -EINVAL;
	file = files_find(self->files, fd);
	if (!file)
		return -EBADF;
	result = file->kind == FILE_PIPE ? iter_init_vector(&iter, vector, count) : -EBADF;
	if (!result) {
		result = vmsplice_run(self, file, &iter, !(flags & SPLICE_NONBLOCK));
		iter_free(&iter);
	}
	file_put(file);
	return result;
}
