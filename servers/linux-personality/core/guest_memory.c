/* SPDX-License-Identifier: MIT */
/*
 * Copies between our memory and guest spaces, by the kernel's copy calls.
 */
#include "core/guest_memory.h"

#include "core/errno.h"
#include "core/lock_order.h"
#include "runtime/kernel.h"

static int copy_one(handle_t aspace, uint64_t guest, const void *own, size_t bytes, uint32_t flags)
{
	struct call_result result;
	if (!bytes)
		return 0;
	lock_check_none("guest copy");
	result = k_guest_copy_piece(aspace, (gaddr_t){ guest }, own_address(own), bytes, flags);
	if (result.status == STATUS_KILLED)
		return -EINTR;
	return result.status < 0 || result.value != bytes ? -EFAULT : 0;
}

int guest_read(void *destination, gaddr_t source, size_t bytes)
{
	return copy_one(HANDLE_NONE, source.value, destination, bytes, 0);
}

int guest_write(gaddr_t destination, const void *source, size_t bytes)
{
	return copy_one(HANDLE_NONE, destination.value, source, bytes, COPY_TO_GUEST);
}

int space_read(handle_t aspace, void *destination, gaddr_t source, size_t bytes)
{
	return copy_one(aspace, source.value, destination, bytes, COPY_FORCE);
}

int space_write(handle_t aspace, gaddr_t destination, const void *source, size_t bytes)
{
	return copy_one(aspace, destination.value, source, bytes, COPY_TO_GUEST | COPY_FORCE);
}

static const uint8_t zeros[4096];

int guest_clear(gaddr_t destination, size_t bytes)
{
	while (bytes) {
		size_t part = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
		int error = guest_write(destination, zeros, part);
		if (error)
			return error;
		destination = gaddr_add(destination, part);
		bytes -= part;
	}
	return 0;
}

int64_t guest_read_string(char *destination, gaddr_t source, size_t max)
{
	struct call_result result = k_guest_copy_string(source, own_address(destination), max);
	if (result.status == STATUS_TOO_BIG)
		return -ENAMETOOLONG;
	if (result.status == STATUS_KILLED)
		return -EINTR;
	return result.status < 0 ? -EFAULT : (int64_t)result.value;
}

int guest_compare_exchange(gaddr_t address, uint32_t expected, uint32_t desired, uint32_t *old)
{
	struct call_result result = k_guest_compare_exchange(address, expected, desired);
	if (result.status == STATUS_KILLED)
		return -EINTR;
	if (result.status < 0)
		return -EFAULT;
	*old = (uint32_t)result.value;
	return 0;
}
