/* SPDX-License-Identifier: MIT */
/*
 * Calls on ranges of mapped memory: mremap(2), madvise(2), msync(2), mincore(2), mlock(2).
 */
#include "abi/memory.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/file.h"
#include "fs/inode.h"
#include "linux_abi/memory.h"
#include "memory/tags.h"
#include "process/credentials.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))
#define RLIMIT_LOCKED 8
#define RESIDENT_CHUNK 512u

static uint64_t page_up(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) & PAGE_MASK;
}

static int remap_check(const struct remap_request *request, uint64_t flags)
{
	const uint64_t known = LINUX_MREMAP_MAYMOVE | LINUX_MREMAP_FIXED | LINUX_MREMAP_DONTUNMAP;
	if (flags & ~known || request->address & ~PAGE_MASK || !request->new_length)
		return -EINVAL;
	if (flags & (LINUX_MREMAP_FIXED | LINUX_MREMAP_DONTUNMAP) && !(flags & LINUX_MREMAP_MAYMOVE))
		return -EINVAL;
	if (flags & LINUX_MREMAP_DONTUNMAP && request->length != request->new_length)
		return -EINVAL;
	if (!(flags & LINUX_MREMAP_FIXED))
		return 0;
	if (request->new_address & ~PAGE_MASK ||
	    request->new_address > GUEST_USER_LIMIT - request->new_length)
		return -EINVAL;
	if (request->address < request->new_address + request->new_length &&
	    request->new_address < request->address + request->length)
		return -EINVAL;
	return 0;
}

int64_t sys_mremap(struct thread *self, gaddr_t address, uint64_t old_length, uint64_t new_length,
		   uint32_t flags, gaddr_t new_address)
{
	struct remap_request request = { .address = address.value,
					 .length = page_up(old_length),
					 .new_length = page_up(new_length) };
	struct call_result result;
	int error;
	request.new_address = new_address.value;
	request.flags = (flags & LINUX_MREMAP_MAYMOVE ? REMAP_MAY_MOVE : 0) |
			(flags & LINUX_MREMAP_FIXED ? REMAP_FIXED : 0) |
			(flags & LINUX_MREMAP_DONTUNMAP ? REMAP_KEEP_OLD : 0);
	error = remap_check(&request, flags);
	if (error)
		return error;
	mutex_acquire(&self->mm->mutex);
	result = k_aspace_remap(self->mm->aspace, (uaddr_t){ (uintptr_t)&request });
	mutex_release(&self->mm->mutex);
	if (result.status == STATUS_BAD_ADDRESS || result.status == STATUS_NOT_FOUND)
		return -EFAULT;
	return result.status < 0 ? errno_from_status(result.status) : (int64_t)result.value;
}

/* Linux's advice, and what it means here. */
struct advice_row {
	int32_t linux_advice;
	uint32_t advice; /* 0: a hint that changes nothing that a program can see */
	int error;
};

static const struct advice_row advice_rows[] = {
	{ LINUX_MADV_NORMAL, 0, 0 },
	{ LINUX_MADV_RANDOM, 0, 0 },
	{ LINUX_MADV_SEQUENTIAL, 0, 0 },
	{ LINUX_MADV_WILLNEED, 0, 0 },
	{ LINUX_MADV_DONTNEED, ADVICE_DISCARD, 0 },
	{ LINUX_MADV_FREE, 0, 0 },
	{ LINUX_MADV_DONTFORK, ADVICE_NO_FORK, 0 },
	{ LINUX_MADV_DOFORK, ADVICE_DO_FORK, 0 },
	{ LINUX_MADV_MERGEABLE, 0, -EINVAL },
	{ LINUX_MADV_UNMERGEABLE, 0, -EINVAL },
	{ LINUX_MADV_HUGEPAGE, 0, 0 },
	{ LINUX_MADV_NOHUGEPAGE, 0, 0 },
	{ LINUX_MADV_DONTDUMP, 0, 0 },
	{ LINUX_MADV_DODUMP, 0, 0 },
	{ LINUX_MADV_WIPEONFORK, ADVICE_WIPE_ON_FORK, 0 },
	{ LINUX_MADV_KEEPONFORK, ADVICE_KEEP_ON_FORK, 0 },
	{ LINUX_MADV_COLD, 0, 0 },
	{ LINUX_MADV_PAGEOUT, 0, 0 },
	{ LINUX_MADV_POPULATE_READ, ADVICE_POPULATE_READ, 0 },
	{ LINUX_MADV_POPULATE_WRITE, ADVICE_POPULATE_WRITE, 0 },
};

static const struct advice_row *advice_find(int32_t advice)
{
	for (unsigned i = 0; i < sizeof(advice_rows) / sizeof(advice_rows[0]); i++) {
		if (advice_rows[i].linux_advice == advice)
			return &advice_rows[i];
	}
	return NULL;
}

/* Every page of the range lies in some mapping; the gap rule that several calls share. */
static int range_mapped(struct mm *mm, uint64_t start, uint64_t end)
{
	struct region_info region;
	while (start < end) {
		if (k_aspace_query(mm->aspace, start, (uaddr_t){ (uintptr_t)&region }).status != STATUS_OK ||
		    region.start > start)
			return -ENOMEM;
		start = region.end;
	}
	return 0;
}

static int range_check(uint64_t address, uint64_t length)
{
	if (address & ~PAGE_MASK || page_up(length) < length || address + page_up(length) < address)
		return -EINVAL;
	return address > GUEST_USER_LIMIT || page_up(length) > GUEST_USER_LIMIT - address ? -ENOMEM : 0;
}

static int64_t advise(struct mm *mm, uint64_t address, uint64_t bytes, uint32_t advice)
{
	struct call_result result;
	mutex_acquire(&mm->mutex);
	result = k_aspace_advise(mm->aspace, address, bytes, advice);
	mutex_release(&mm->mutex);
	return errno_from_status(result.status);
}

int64_t sys_madvise(struct thread *self, gaddr_t address, uint64_t length, int32_t advice)
{
	const struct advice_row *row = advice_find(advice);
	int error = range_check(address.value, length);
	if (!row || error)
		return row ? error : -EINVAL;
	if (row->error)
		return row->error;
	if (!length)
		return 0;
	if (row->advice)
		return advise(self->mm, address.value, page_up(length), row->advice);
	return range_mapped(self->mm, address.value, address.value + page_up(length));
}

static int synchronise_region(struct thread *self, const struct region_info *region)
{
	struct file *file = region->flags & MAP_FLAG_SHARED ? tag_file(self->mm, region->tag) : NULL;
	int error = 0;
	if (!file)
		return 0;
	if (file_operations_table[file->kind]->synchronise)
		error = file_operations_table[file->kind]->synchronise(self, file, true);
	file_put(file);
	return error;
}

int64_t sys_msync(struct thread *self, gaddr_t address, uint64_t length, int32_t flags)
{
	uint64_t start = address.value, end;
	struct region_info region;
	int error = range_check(start, length), gap = 0;
	if (flags & ~(LINUX_MS_ASYNC | LINUX_MS_INVALIDATE | LINUX_MS_SYNC) ||
	    (flags & LINUX_MS_ASYNC && flags & LINUX_MS_SYNC))
		return -EINVAL;
	end = start + page_up(length);
	while (!error && start < end) {
		if (k_aspace_query(self->mm->aspace, start, (uaddr_t){ (uintptr_t)&region }).status !=
			    STATUS_OK ||
		    region.start >= end)
			return -ENOMEM;
		if (region.start > start)
			gap = -ENOMEM;
		if (flags & LINUX_MS_SYNC)
			error = synchronise_region(self, &region);
		start = region.end;
	}
	return error ? error : gap;
}

int64_t sys_mincore(struct thread *self, gaddr_t address, uint64_t length, gaddr_t bytes)
{
	uint8_t chunk[RESIDENT_CHUNK];
	uint64_t pages = page_up(length) / PAGE_SIZE;
	int error;
	if (address.value & ~PAGE_MASK)
		return -EINVAL;
	error = range_check(address.value, length);
	if (!error)
		error = range_mapped(self->mm, address.value, address.value + page_up(length));
	for (uint64_t done = 0; !error && done < pages;) {
		uint64_t count = pages - done < RESIDENT_CHUNK ? pages - done : RESIDENT_CHUNK;
		struct call_result result = k_aspace_resident(self->mm->aspace,
							      address.value + done * PAGE_SIZE, count,
							      (uaddr_t){ (uintptr_t)chunk });
		error = result.status < 0 ? errno_from_status(result.status)
					  : guest_write(gaddr_add(bytes, done), chunk, count);
		done += count;
	}
	return error;
}

static int lock_allowed(struct thread *self, uint64_t bytes)
{
	uint64_t limit = self->process->limits[RLIMIT_LOCKED].soft;
	struct aspace_info info;
	if (thread_capable(self, LINUX_CAP_IPC_LOCK))
		return 0;
	if (!limit)
		return -EPERM;
	if (k_aspace_info(self->mm->aspace, (uaddr_t){ (uintptr_t)&info }).status != STATUS_OK)
		return -ENOMEM;
	return info.locked_bytes + bytes > limit ? -ENOMEM : 0;
}

/* mlock(2) rounds the range out to pages. */
static int64_t lock_range(struct thread *self, uint64_t address, uint64_t length, bool lock)
{
	uint64_t start = address & PAGE_MASK, bytes = page_up(length + (address - start));
	int error = range_check(start, bytes);
	if (!error && lock)
		error = lock_allowed(self, bytes);
	if (error || !bytes)
		return error;
	return advise(self->mm, start, bytes, lock ? ADVICE_LOCK : ADVICE_UNLOCK);
}

int64_t sys_mlock(struct thread *self, gaddr_t address, uint64_t length)
{
	return lock_range(self, address.value, length, true);
}

int64_t sys_mlock2(struct thread *self, gaddr_t address, uint64_t length, int32_t flags)
{
	if ((uint32_t)flags & ~LINUX_MLOCK_ONFAULT)
		return -EINVAL;
	return lock_range(self, address.value, length, true);
}

int64_t sys_munlock(struct thread *self, gaddr_t address, uint64_t length)
{
	return lock_range(self, address.value, length, false);
}

static int64_t lock_everything(struct thread *self, bool lock)
{
	struct region_info region = { 0 };
	int64_t error = 0;
	while (!error &&
	       k_aspace_query(self->mm->aspace, region.end, (uaddr_t){ (uintptr_t)&region }).status ==
		       STATUS_OK)
		error = lock_range(self, region.start, region.end - region.start, lock);
	return error;
}

int64_t sys_mlockall(struct thread *self, int32_t flags)
{
	uint32_t bits = (uint32_t)flags;
	if (!bits || bits & ~(LINUX_MCL_CURRENT | LINUX_MCL_FUTURE | LINUX_MCL_ONFAULT) ||
	    bits == LINUX_MCL_ONFAULT)
		return -EINVAL;
	if (!thread_capable(self, LINUX_CAP_IPC_LOCK) && !self->process->limits[RLIMIT_LOCKED].soft)
		return -EPERM;
	if (bits & LINUX_MCL_FUTURE)
		return -EOPNOTSUPP;
	return lock_everything(self, true);
}

int64_t sys_munlockall(struct thread *self)
{
	return lock_everything(self, false);
}
