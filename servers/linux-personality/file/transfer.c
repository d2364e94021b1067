/* SPDX-License-Identifier: MIT */
/*
 * Data from file to file: sendfile(2) and copy_file_range(2), through a bounce buffer of our own.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "file/file.h"
#include "fs/inode.h"
#include "linux_abi/files.h"
#include "process/process.h"

#define BOUNCE_BYTES 65536u
#define TRANSFER_MAX 0x7ffff000ull

/* Where one side reads or writes: an offset of the caller's, or the file's own position. */
struct side {
	struct file *file;
	gaddr_t guest_offset; /* 0: the file's position */
	uint64_t offset;
};

static int64_t side_move(struct thread *self, struct side *side, bool write, void *buffer, uint64_t bytes)
{
	const struct file_operations *operations = file_operations_table[side->file->kind];
	struct guest_iter iter;
	iter_init_kernel(&iter, buffer, bytes);
	return write ? operations->write(self, side->file, &iter, &side->offset)
		     : operations->read(self, side->file, &iter, &side->offset);
}

static int64_t move_chunk(struct thread *self, struct side *in, struct side *out, void *bounce,
			  uint64_t bytes)
{
	uint64_t before = in->offset;
	int64_t got = side_move(self, in, false, bounce, bytes), put;
	if (got <= 0)
		return got;
	put = side_move(self, out, true, bounce, (uint64_t)got);
	in->offset = before + (uint64_t)(put > 0 ? put : 0);
	return put;
}

static int64_t move_all(struct thread *self, struct side *in, struct side *out, uint64_t count)
{
	void *bounce = slab_allocate(BOUNCE_BYTES);
	int64_t done = 0, moved = 0;
	if (!bounce)
		return -ENOMEM;
	while (count) {
		uint64_t bytes = count < BOUNCE_BYTES ? count : BOUNCE_BYTES;
		moved = move_chunk(self, in, out, bounce, bytes);
		if (moved <= 0)
			break;
		done += moved;
		count -= (uint64_t)moved;
	}
	slab_free(bounce, BOUNCE_BYTES);
	return done ? done : moved;
}

static int side_begin(struct side *side)
{
	if (!side->guest_offset.value) {
		if (file_operations_table[side->file->kind]->seekable)
			side->offset = side->file->offset;
		return 0;
	}
	if (!file_operations_table[side->file->kind]->seekable)
		return -ESPIPE;
	if (guest_read(&side->offset, side->guest_offset, sizeof(side->offset)))
		return -EFAULT;
	return (int64_t)side->offset < 0 ? -EINVAL : 0;
}

static int side_end(struct side *side)
{
	if (side->guest_offset.value)
		return guest_write(side->guest_offset, &side->offset, sizeof(side->offset));
	if (file_operations_table[side->file->kind]->seekable)
		side->file->offset = side->offset;
	return 0;
}

static int64_t sides_run(struct thread *self, struct side *in, struct side *out, uint64_t count)
{
	int64_t done;
	int error = side_begin(in);
	if (!error)
		error = side_begin(out);
	if (error)
		return error;
	done = move_all(self, in, out, count < TRANSFER_MAX ? count : TRANSFER_MAX);
	error = side_end(in);
	if (!error)
		error = side_end(out);
	return error ? error : done;
}

static int sides_check(const struct file *in, const struct file *out)
{
	if ((in->flags & LINUX_O_ACCMODE) == LINUX_O_WRONLY ||
	    (out->flags & LINUX_O_ACCMODE) == LINUX_O_RDONLY)
		return -EBADF;
	if (!file_operations_table[in->kind]->read || !file_operations_table[out->kind]->write)
		return -EINVAL;
	return 0;
}

int64_t sys_sendfile(struct thread *self, int32_t out_fd, int32_t in_fd, gaddr_t offset, uint64_t count)
{
	struct side in = { .file = files_find(self->files, in_fd), .guest_offset = offset };
	struct side out = { .file = files_find(self->files, out_fd) };
	int64_t result = -EBADF;
	if (in.file && out.file) {
		result = sides_check(in.file, out.file);
		if (!result && offset.value && !file_operations_table[in.file->kind]->seekable)
			result = -ESPIPE;
		if (!result && in.file->kind != FILE_REGULAR && in.file->kind != FILE_GENERATED)
			result = -EINVAL;
		if (!result && out.file->flags & LINUX_O_APPEND)
			result = -EINVAL;
		if (!result)
			result = sides_run(self, &in, &out, count);
	}
	if (in.file)
		file_put(in.file);
	if (out.file)
		file_put(out.file);
	return result;
}

/* Negative or too large offsets of the caller's. */
static int range_offset_check(const struct side *side, uint64_t count)
{
	int64_t end;
	if ((int64_t)side->offset < 0)
		return -EOVERFLOW;
	return __builtin_add_overflow((int64_t)side->offset, count, &end) ? -EOVERFLOW : 0;
}

static int range_check(const struct file *in, const struct file *out, uint32_t flags)
{
	int error = sides_check(in, out);
	if (flags)
		return -EINVAL;
	if (in->kind == FILE_DIRECTORY || out->kind == FILE_DIRECTORY)
		return -EISDIR;
	if (in->kind != FILE_REGULAR || out->kind != FILE_REGULAR)
		return -EINVAL;
	return error ? error : out->flags & LINUX_O_APPEND ? -EBADF : 0;
}

static bool range_overlaps(const struct side *in, const struct side *out, uint64_t count)
{
	return in->file->inode == out->file->inode && in->offset < out->offset + count &&
	       out->offset < in->offset + count;
}

static int64_t range_run(struct thread *self, struct side *in, struct side *out, uint64_t count)
{
	int error = side_begin(in);
	if (!error || error == -EINVAL)
		error = range_offset_check(in, count);
	if (!error)
		error = side_begin(out);
	if (!error || error == -EINVAL)
		error = range_offset_check(out, count);
	if (error)
		return error;
	return range_overlaps(in, out, count) ? -EINVAL : sides_run(self, in, out, count);
}

int64_t sys_copy_file_range(struct thread *self, int32_t in_fd, gaddr_t in_offset, int32_t out_fd,
			    gaddr_t out_offset, uint64_t count, uint32_t flags)
{
	struct side in = { .file = files_find(self->files, in_fd), .guest_offset = in_offset };
	struct side out = { .file = files_find(self->files, out_fd), .guest_offset = out_offset };
	int64_t result = -EBADF;
	if (in.file && out.file) {
		result = range_check(in.file, out.file, flags);
		if (!result && count)
			result = range_run(self, &in, &out, count);
	}
	if (in.file)
		file_put(in.file);
	if (out.file)
		file_put(out.file);
	return result;
}
