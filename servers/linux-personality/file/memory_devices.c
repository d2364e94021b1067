/* SPDX-License-Identifier: MIT */
/*
 * The devices that are only memory: /dev/null, /dev/zero, /dev/full, /dev/random and urandom (null(4), full(4), random(4)).
 */
#include "core/errno.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "linux_abi/files.h"
#include "system/random.h"
#include "abi/memory.h"

#define RANDOM_CHUNK 1024u

static int64_t read_nothing(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	(void)self;
	(void)file;
	(void)iter;
	(void)offset;
	return 0;
}

static int64_t write_swallow(struct thread *self, struct file *file, struct guest_iter *iter,
			     uint64_t *offset)
{
	int64_t bytes = (int64_t)iter->remaining;
	(void)self;
	(void)file;
	(void)offset;
	iter->remaining = 0;
	return bytes;
}

static int64_t write_no_space(struct thread *self, struct file *file, struct guest_iter *iter,
			      uint64_t *offset)
{
	(void)self;
	(void)file;
	(void)iter;
	(void)offset;
	return -ENOSPC;
}

static int64_t read_zeros(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	(void)self;
	(void)file;
	(void)offset;
	return iter_zero_guest(iter, iter->remaining);
}

static int64_t seek_nowhere(struct thread *self, struct file *file, int64_t offset, int32_t whence)
{
	(void)self;
	(void)offset;
	(void)whence;
	file->offset = 0;
	return 0;
}

/* A mapping of /dev/zero is anonymous memory: no object. */
static int map_anonymous(struct thread *self, struct file *file, struct map_request *request)
{
	(void)self;
	(void)file;
	request->object = HANDLE_NONE;
	return 0;
}

static int64_t random_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	uint8_t chunk[RANDOM_CHUNK];
	int64_t done = 0;
	(void)self;
	(void)file;
	(void)offset;
	while (iter->remaining) {
		uint64_t bytes = iter->remaining < RANDOM_CHUNK ? iter->remaining : RANDOM_CHUNK;
		int64_t moved;
		pool_fill(chunk, bytes);
		moved = iter_to_guest(iter, chunk, bytes);
		if (moved < 0)
			return done ? done : moved;
		done += moved;
		if ((uint64_t)moved < bytes)
			break;
	}
	return done;
}

static int64_t random_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	uint8_t chunk[RANDOM_CHUNK];
	int64_t done = 0;
	(void)self;
	(void)file;
	(void)offset;
	while (iter->remaining) {
		int64_t moved = iter_from_guest(iter, chunk, RANDOM_CHUNK);
		if (moved <= 0)
			return done ? done : moved;
		pool_mix(chunk, (uint64_t)moved);
		done += moved;
	}
	return done;
}

const struct file_operations null_operations = {
	.read = read_nothing,
	.write = write_swallow,
	.seek = seek_nowhere,
	.seekable = true,
};
const struct file_operations zero_operations = {
	.read = read_zeros,
	.write = write_swallow,
	.seek = seek_nowhere,
	.map = map_anonymous,
	.seekable = true,
};
const struct file_operations full_operations = {
	.read = read_zeros,
	.write = write_no_space,
	.seek = seek_nowhere,
	.seekable = true,
};
const struct file_operations random_operations = {
	.read = random_read,
	.write = random_write,
	.ioctl = pool_control,
	.seek = seek_nowhere,
	.seekable = true,
};
