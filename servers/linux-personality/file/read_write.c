/* SPDX-License-Identifier: MIT */
/*
 * The calls that move data: read(2), write(2), pread(2), readv(2) and their relatives.
 *
 * Each becomes one struct transfer: the file, the guest's buffers, and the offset that is used: the file's own, locked for the
 * whole call, or one of the caller's.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/files.h"
#include "linux_abi/files.h"
#include "process/process.h"
#include "route/descriptors.h"

#define TRANSFER_MAX 0x7ffff000ull

struct transfer {
	int32_t fd;
	bool write;
	bool at_offset; /* the p-calls */
	int64_t offset;
	uint32_t flags; /* RWF_* */
};

#define RWF_HIPRI 0x1u
#define RWF_DSYNC 0x2u
#define RWF_SYNC 0x4u
#define RWF_NOWAIT 0x8u
#define RWF_APPEND 0x10u

static int transfer_check(const struct file *file, const struct transfer *transfer)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	if (transfer->at_offset && (!operations->seekable || operations->no_pread))
		return -ESPIPE;
	if (access == (transfer->write ? LINUX_O_RDONLY : LINUX_O_WRONLY) || access == LINUX_O_ACCMODE)
		return -EBADF;
	if (transfer->write ? !operations->write : !operations->read)
		return -EINVAL;
	return 0;
}

static int64_t transfer_move(struct thread *self, struct file *file, const struct transfer *transfer,
			     struct guest_iter *iter, uint64_t *offset)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	return transfer->write ? operations->write(self, file, iter, offset)
			       : operations->read(self, file, iter, offset);
}

static int64_t transfer_run(struct thread *self, struct file *file, const struct transfer *transfer,
			    struct guest_iter *iter)
{
	bool own = !transfer->at_offset && file_operations_table[file->kind]->seekable;
	uint64_t offset = (uint64_t)transfer->offset;
	int64_t result;
	iter->append = transfer->write && transfer->flags & RWF_APPEND;
	if (iter->remaining > TRANSFER_MAX)
		iter->remaining = TRANSFER_MAX;
	if (!own)
		return transfer_move(self, file, transfer, iter, &offset);
	mutex_acquire(&file->position);
	result = transfer_move(self, file, transfer, iter, &file->offset);
	mutex_release(&file->position);
	return result;
}

static int64_t transfer_finish(struct thread *self, struct file *file, const struct transfer *transfer,
			       int64_t result)
{
	const struct file_operations *operations = file_operations_table[file->kind];
	bool durable = file->flags & LINUX_O_DSYNC || transfer->flags & (RWF_DSYNC | RWF_SYNC);
	if (result > 0 && transfer->write && durable && operations->synchronise) {
		int error = operations->synchronise(self, file, !(transfer->flags & RWF_SYNC));
		if (error)
			return error;
	}
	return result;
}

/* The call's file, referenced. One that waited in the kernel goes on with the file that it began with. */
static struct file *transfer_file(struct thread *self, const struct transfer *transfer)
{
	struct file *file = (struct file *)(uintptr_t)self->guest.inside;
	if (!file)
		return files_find(self->files, transfer->fd);
	file_get(file);
	return file;
}

static int64_t transfer_call(struct thread *self, const struct transfer *transfer, struct guest_iter *iter)
{
	struct file *file = transfer_file(self, transfer);
	int64_t result;
	if (!file)
		return -EBADF;
	result = transfer_check(file, transfer);
	if (!result)
		result = transfer_run(self, file, transfer, iter);
	result = transfer_finish(self, file, transfer, result);
	if (result >= 0 && descriptor_route_possible(file))
		files_route(self, transfer->fd, file);
	file_put(file);
	return result;
}

static int64_t transfer_buffer(struct thread *self, const struct transfer *transfer, gaddr_t buffer,
			       uint64_t count)
{
	struct guest_iter iter;
	if (transfer->at_offset && transfer->offset < 0)
		return -EINVAL;
	iter_init_buffer(&iter, buffer, count);
	return transfer_call(self, transfer, &iter);
}

static int64_t transfer_vector(struct thread *self, const struct transfer *transfer, gaddr_t vector,
			       uint64_t count)
{
	struct guest_iter iter;
	struct file *file = transfer_file(self, transfer);
	int64_t result;
	if (!file)
		return -EBADF;
	file_put(file);
	if (transfer->at_offset && transfer->offset < 0)
		return -EINVAL;
	result = iter_init_vector(&iter, vector, count);
	if (result)
		return result;
	result = transfer_call(self, transfer, &iter);
	iter_free(&iter);
	return result;
}

int64_t sys_read(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count)
{
	return transfer_buffer(self, &(struct transfer){ .fd = fd }, buffer, count);
}

int64_t sys_write(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count)
{
	return transfer_buffer(self, &(struct transfer){ .fd = fd, .write = true }, buffer, count);
}

int64_t sys_pread64(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count, int64_t offset)
{
	return transfer_buffer(self, &(struct transfer){ .fd = fd, .at_offset = true, .offset = offset },
			       buffer, count);
}

int64_t sys_pwrite64(struct thread *self, int32_t fd, gaddr_t buffer, uint64_t count, int64_t offset)
{
	struct transfer transfer = { .fd = fd, .write = true, .at_offset = true, .offset = offset };
	return transfer_buffer(self, &transfer, buffer, count);
}

int64_t sys_readv(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count)
{
	return transfer_vector(self, &(struct transfer){ .fd = fd }, vector, count);
}

int64_t sys_writev(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count)
{
	return transfer_vector(self, &(struct transfer){ .fd = fd, .write = true }, vector, count);
}

int64_t sys_preadv(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count, uint64_t offset,
		   uint64_t offset_high)
{
	(void)offset_high;
	return transfer_vector(self,
			       &(struct transfer){ .fd = fd, .at_offset = true, .offset = (int64_t)offset },
			       vector, count);
}

int64_t sys_pwritev(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count, uint64_t offset,
		    uint64_t offset_high)
{
	struct transfer transfer = { .fd = fd, .write = true, .at_offset = true, .offset = (int64_t)offset };
	(void)offset_high;
	return transfer_vector(self, &transfer, vector, count);
}

/* offset -1: the file's own position. */
static int64_t transfer_vector_flags(struct thread *self, struct transfer transfer, gaddr_t vector,
				     uint64_t count)
{
	if (transfer.flags & ~(RWF_HIPRI | RWF_DSYNC | RWF_SYNC | RWF_APPEND))
		return -EOPNOTSUPP;
	transfer.at_offset = transfer.offset != -1;
	if (transfer.offset < -1)
		return -EINVAL;
	return transfer_vector(self, &transfer, vector, count);
}

int64_t sys_preadv2(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count, uint64_t offset,
		    uint64_t offset_high, uint32_t flags)
{
	(void)offset_high;
	return transfer_vector_flags(self,
				     (struct transfer){ .fd = fd, .offset = (int64_t)offset, .flags = flags },
				     vector, count);
}

int64_t sys_pwritev2(struct thread *self, int32_t fd, gaddr_t vector, uint64_t count, uint64_t offset,
		     uint64_t offset_high, uint32_t flags)
{
	struct transfer transfer = { .fd = fd, .write = true, .offset = (int64_t)offset, .flags = flags };
	(void)offset_high;
	return transfer_vector_flags(self, transfer, vector, count);
}

int64_t sys_lseek(struct thread *self, int32_t fd, int64_t offset, int32_t whence)
{
	struct file *file = files_find(self->files, fd);
	int64_t result = -ESPIPE;
	if (!file)
		return -EBADF;
	if (file_operations_table[file->kind]->seek) {
		mutex_acquire(&file->position);
		result = file_operations_table[file->kind]->seek(self, file, offset, whence);
		mutex_release(&file->position);
	}
	if (result >= 0 && descriptor_route_possible(file))
		files_route(self, fd, file);
	file_put(file);
	return result;
}

static int64_t synchronise_call(struct thread *self, int32_t fd, bool data_only)
{
	struct file *file = files_find(self->files, fd);
	int64_t result = -EINVAL;
	if (!file)
		return -EBADF;
	if (file_operations_table[file->kind]->synchronise)
		result = file_operations_table[file->kind]->synchronise(self, file, data_only);
	file_put(file);
	return result;
}

int64_t sys_fsync(struct thread *self, int32_t fd)
{
	return synchronise_call(self, fd, false);
}

int64_t sys_fdatasync(struct thread *self, int32_t fd)
{
	return synchronise_call(self, fd, true);
}

#define SYNC_RANGE_FLAGS 7u

int64_t sys_sync_file_range(struct thread *self, int32_t fd, int64_t offset, int64_t count, uint32_t flags)
{
	struct file *file = files_find(self->files, fd);
	int64_t end, result;
	if (!file)
		return -EBADF;
	if (flags & ~SYNC_RANGE_FLAGS || offset < 0 || count < 0 ||
	    __builtin_add_overflow(offset, count, &end))
		result = -EINVAL;
	else if (file->kind != FILE_REGULAR && file->kind != FILE_DIRECTORY)
		result = -ESPIPE;
	else
		result = file_operations_table[file->kind]->synchronise(self, file, true);
	file_put(file);
	return result;
}
