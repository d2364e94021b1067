/* SPDX-License-Identifier: MIT */
/*
 * Guest iterators: scatter lists with a position, and the copies that move it.
 *
 * A copy is cut into pieces for the kernel, at most COPY_PIECES_MAX a call. `own` runs over a buffer of ours or over the
 * byte offsets of a memory object.
 */
#include "core/guest_memory.h"

#include <string.h>
#include "core/errno.h"
#include "core/lock_order.h"
#include "core/slab.h"
#include "runtime/kernel.h"

#define VECTOR_MAX 1024u
#define TRANSFER_MAX 0x7ffff000ull /* MAX_RW_COUNT: INT_MAX rounded down to a page */

void iter_init_buffer(struct guest_iter *iter, gaddr_t base, uint64_t length)
{
	if (length > TRANSFER_MAX)
		length = TRANSFER_MAX;
	iter->segments = iter->inline_segments;
	iter->inline_segments[0] = (struct guest_segment){ base, length };
	iter->count = 1;
	iter->index = 0;
	iter->offset = 0;
	iter->remaining = length;
	iter->kernel = NULL;
	iter->append = false;
}

void iter_init_kernel(struct guest_iter *iter, void *buffer, uint64_t length)
{
	iter_init_buffer(iter, (gaddr_t){ 0 }, length);
	iter->kernel = buffer;
	iter->remaining = length;
	iter->inline_segments[0].length = length;
}

/* Check the copied-in array and cut the sum to what one call may move. */
static int vector_check(struct guest_iter *iter)
{
	uint64_t sum = 0;
	for (uint32_t i = 0; i < iter->count; i++) {
		struct guest_segment *segment = &iter->segments[i];
		if ((int64_t)segment->length < 0)
			return -EINVAL;
		if (segment->length && (segment->base.value >= GUEST_USER_LIMIT ||
					segment->length > GUEST_USER_LIMIT - segment->base.value))
			return -EFAULT;
		if (segment->length > TRANSFER_MAX - sum)
			segment->length = TRANSFER_MAX - sum;
		sum += segment->length;
	}
	iter->remaining = sum;
	return 0;
}

int iter_init_vector(struct guest_iter *iter, gaddr_t vector, uint64_t count)
{
	int error;
	iter_init_buffer(iter, (gaddr_t){ 0 }, 0);
	if (count > VECTOR_MAX)
		return -EINVAL;
	iter->count = (uint32_t)count;
	if (count > ITER_SEGMENTS_INLINE) {
		iter->segments = slab_allocate(count * sizeof(struct guest_segment));
		if (!iter->segments)
			return -ENOMEM;
	}
	error = guest_read(iter->segments, vector, count * sizeof(struct guest_segment));
	if (!error)
		error = vector_check(iter);
	if (error)
		iter_free(iter);
	return error;
}

void iter_free(struct guest_iter *iter)
{
	if (iter->segments != iter->inline_segments)
		slab_free(iter->segments, iter->count * sizeof(struct guest_segment));
	iter->segments = iter->inline_segments;
	iter->count = 0;
	iter->remaining = 0;
}

static void iter_advance(struct guest_iter *iter, uint64_t bytes)
{
	iter->remaining -= bytes;
	if (iter->kernel) {
		iter->offset += bytes;
		return;
	}
	while (bytes) {
		uint64_t left = iter->segments[iter->index].length - iter->offset;
		if (bytes < left) {
			iter->offset += bytes;
			return;
		}
		bytes -= left;
		iter->index++;
		iter->offset = 0;
	}
}

/* Pieces for the next at most `bytes`; answers their number and sum. */
static uint32_t gather(const struct guest_iter *iter, struct copy_piece *pieces, uint64_t own, uint64_t bytes,
		       uint64_t *sum)
{
	uint32_t count = 0;
	uint64_t offset = iter->offset;
	*sum = 0;
	for (uint32_t i = iter->index; i < iter->count && count < COPY_PIECES_MAX && *sum < bytes; i++) {
		uint64_t length = iter->segments[i].length - offset;
		if (length > bytes - *sum)
			length = bytes - *sum;
		if (length) {
			pieces[count++] = (struct copy_piece){ iter->segments[i].base.value + offset,
							       own + *sum, length };
			*sum += length;
		}
		offset = 0;
	}
	return count;
}

struct transfer {
	handle_t object; /* HANDLE_NONE: own memory */
	uint64_t own;
	uint32_t flags;
};

static struct call_result transfer_some(const struct transfer *transfer, const struct copy_piece *pieces,
					uint32_t count)
{
	if (transfer->object.value)
		return k_guest_copy_object(transfer->object, own_address(pieces), count, transfer->flags);
	return k_guest_copy(HANDLE_NONE, own_address(pieces), count, transfer->flags);
}

static int64_t transfer_all(struct guest_iter *iter, struct transfer transfer, uint64_t bytes)
{
	struct copy_piece pieces[COPY_PIECES_MAX];
	uint64_t done = 0, sum;
	lock_check_none("guest copy");
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	while (done < bytes) {
		uint32_t count = gather(iter, pieces, transfer.own + done, bytes - done, &sum);
		struct call_result result = transfer_some(&transfer, pieces, count);
		if (result.status < 0)
			return done ? (int64_t)done : result.status == STATUS_KILLED ? -EINTR : -EFAULT;
		iter_advance(iter, result.value);
		done += result.value;
		if (result.value < sum)
			break;
	}
	return (int64_t)done;
}

static void *kernel_position(const struct guest_iter *iter)
{
	return (uint8_t *)iter->kernel + iter->offset;
}

int64_t iter_to_guest(struct guest_iter *iter, const void *source, uint64_t bytes)
{
	if (!iter->kernel)
		return transfer_all(iter, (struct transfer){ HANDLE_NONE, (uintptr_t)source, COPY_TO_GUEST },
				    bytes);
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	memcpy(kernel_position(iter), source, bytes);
	iter_advance(iter, bytes);
	return (int64_t)bytes;
}

int64_t iter_from_guest(struct guest_iter *iter, void *destination, uint64_t bytes)
{
	if (!iter->kernel)
		return transfer_all(iter, (struct transfer){ HANDLE_NONE, (uintptr_t)destination, 0 }, bytes);
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	memcpy(destination, kernel_position(iter), bytes);
	iter_advance(iter, bytes);
	return (int64_t)bytes;
}

int64_t iter_zero_guest(struct guest_iter *iter, uint64_t bytes)
{
	static const uint8_t zeros[4096];
	uint64_t done = 0;
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	while (done < bytes) {
		uint64_t part = bytes - done < sizeof(zeros) ? bytes - done : sizeof(zeros);
		int64_t moved = iter_to_guest(iter, zeros, part);
		if (moved < 0)
			return done ? (int64_t)done : moved;
		done += (uint64_t)moved;
		if ((uint64_t)moved < part)
			break;
	}
	return (int64_t)done;
}

static int64_t kernel_result(struct guest_iter *iter, struct call_result result)
{
	if (result.status < 0)
		return errno_from_status(result.status);
	iter_advance(iter, result.value);
	return (int64_t)result.value;
}

int64_t iter_object_to_guest(struct guest_iter *iter, handle_t object, uint64_t offset, uint64_t bytes)
{
	if (!iter->kernel)
		return transfer_all(iter, (struct transfer){ object, offset, COPY_TO_GUEST }, bytes);
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	return kernel_result(iter, k_object_read(object, offset, own_address(kernel_position(iter)), bytes));
}

int64_t iter_guest_to_object(struct guest_iter *iter, handle_t object, uint64_t offset, uint64_t bytes)
{
	if (!iter->kernel)
		return transfer_all(iter, (struct transfer){ object, offset, 0 }, bytes);
	if (bytes > iter->remaining)
		bytes = iter->remaining;
	return kernel_result(iter, k_object_write(object, offset, own_address(kernel_position(iter)), bytes));
}
