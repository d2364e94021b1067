/* SPDX-License-Identifier: MIT */
/*
 * mmap(2), munmap(2), mprotect(2), brk(2).
 *
 * A mapping request is checked as Linux checks it, decoded into the kernel's struct map_request, and done in one kernel call.
 */
#include "abi/memory.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "file/file.h"
#include "file/memory_file.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "linux_abi/memory.h"
#include "memory/out_of_memory.h"
#include "memory/tags.h"
#include "process/credentials.h"
#include "process/create.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))
#define LOW_WINDOW_START 0x40000000ull
#define LOW_WINDOW_END 0x80000000ull
#define ADDRESS_MIN 0x10000ull
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3

static uint64_t page_up(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) & PAGE_MASK;
}

/* On x86-64 writing and executing imply reading. */
static uint32_t prot_decode(uint32_t prot)
{
	uint32_t bits = 0;
	if (prot & LINUX_PROT_WRITE)
		bits |= PROT_BIT_WRITE | PROT_BIT_READ;
	if (prot & LINUX_PROT_EXEC)
		bits |= PROT_BIT_EXEC | PROT_BIT_READ;
	return prot & LINUX_PROT_READ ? bits | PROT_BIT_READ : bits;
}

static bool map_is_shared(uint32_t flags)
{
	return (flags & LINUX_MAP_TYPE) != LINUX_MAP_PRIVATE;
}

static uint32_t flags_decode(uint32_t flags)
{
	uint32_t bits = map_is_shared(flags) ? MAP_FLAG_SHARED : 0;
	if (flags & LINUX_MAP_FIXED_NOREPLACE)
		bits |= MAP_FLAG_NOREPLACE;
	else if (flags & LINUX_MAP_FIXED)
		bits |= MAP_FLAG_FIXED;
	if (flags & LINUX_MAP_GROWSDOWN)
		bits |= MAP_FLAG_GROWS_DOWN;
	if ((flags & (LINUX_MAP_POPULATE | LINUX_MAP_NONBLOCK)) == LINUX_MAP_POPULATE)
		bits |= MAP_FLAG_POPULATE;
	return flags & LINUX_MAP_LOCKED ? bits | MAP_FLAG_LOCKED : bits;
}

static int map_check_file(const struct file *file, uint32_t prot, uint32_t flags)
{
	uint32_t access = file->flags & LINUX_O_ACCMODE;
	bool shared_write = map_is_shared(flags) && prot & LINUX_PROT_WRITE;
	if (access == LINUX_O_WRONLY || (shared_write && access != LINUX_O_RDWR))
		return -EACCES;
	if (shared_write && file->inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE))
		return -EPERM;
	if (prot & LINUX_PROT_EXEC && file->path.mount && file->path.mount->flags & LINUX_MS_NOEXEC)
		return -EPERM;
	return file_operations_table[file->kind]->map ? 0 : -ENODEV;
}

/* What mprotect may ever make of a mapping of this file. */
static uint32_t map_max_prot(const struct file *file, uint32_t flags)
{
	uint32_t prot = PROT_BIT_READ | PROT_BIT_WRITE | PROT_BIT_EXEC;
	bool sealed = file->inode->seals & (SEAL_WRITE | SEAL_FUTURE_WRITE);
	if (map_is_shared(flags) && (sealed || (file->flags & LINUX_O_ACCMODE) != LINUX_O_RDWR))
		prot &= ~PROT_BIT_WRITE;
	if (file->path.mount && file->path.mount->flags & LINUX_MS_NOEXEC)
		prot &= ~PROT_BIT_EXEC;
	return prot;
}

static int map_use_file(struct thread *self, struct mm *mm, struct file *file, uint32_t flags,
			struct map_request *request)
{
	int error = file_operations_table[file->kind]->map(self, file, request);
	if (error)
		return error;
	request->max_prot = map_max_prot(file, flags);
	request->tag = tag_of_file(mm, file);
	return request->tag ? 0 : -ENOMEM;
}

static int map_use_shared_memory(struct map_request *request)
{
	struct call_result made = k_object_create(guest_account, request->length / PAGE_SIZE, 0);
	if (made.status < 0)
		return errno_from_status(made.status);
	request->object = (handle_t){ (uint32_t)made.value };
	request->tag = TAG_SHARED_ANONYMOUS;
	return 0;
}

static int64_t map_do(struct mm *mm, struct map_request *request)
{
	struct call_result mapped = k_aspace_map(mm->aspace, (uaddr_t){ (uintptr_t)request });
	return mapped.status < 0 ? errno_from_status(mapped.status) : (int64_t)mapped.value;
}

/* Files go to the same places in every process of a boot, so that translations of their code are used again; anonymous memory
   lies where chance put it for this process. */
static void map_window(const struct mm *mm, struct map_request *request, uint32_t flags, bool anonymous)
{
	if (request->flags & (MAP_FLAG_FIXED | MAP_FLAG_NOREPLACE))
		return;
	if (flags & LINUX_MAP_32BIT) {
		request->low = LOW_WINDOW_START;
		request->high = LOW_WINDOW_END;
	} else if (anonymous && !request->address) {
		request->high = mm->space.anonymous_high;
	}
}

/* Memory that the mapping may need for itself is not there on this machine. */
static bool map_is_too_much(const struct mapping *mapping)
{
	bool shared = map_is_shared(mapping->flags);
	bool counts = shared ? !mapping->file : mapping->prot & LINUX_PROT_WRITE;
	return counts && !(mapping->flags & LINUX_MAP_NORESERVE) && memory_is_too_much(mapping->length);
}

int64_t mm_map(struct thread *self, struct mm *mm, const struct mapping *mapping)
{
	struct map_request request = { .address = mapping->address, .offset = mapping->offset };
	bool own_object = !mapping->file && map_is_shared(mapping->flags);
	int64_t result = 0;
	if (map_is_too_much(mapping))
		return -ENOMEM;
	request.length = page_up(mapping->length);
	request.prot = prot_decode(mapping->prot);
	request.flags = flags_decode(mapping->flags);
	map_window(mm, &request, mapping->flags, !mapping->file);
	mutex_acquire(&mm->mutex);
	if (mapping->file)
		result = map_use_file(self, mm, mapping->file, mapping->flags, &request);
	else if (own_object)
		result = map_use_shared_memory(&request);
	if (!result)
		result = map_do(mm, &request);
	if (own_object && request.object.value)
		k_handle_close(request.object);
	mutex_release(&mm->mutex);
	return result;
}

static int map_check(uint64_t *address, uint64_t length, uint32_t flags, uint64_t offset)
{
	uint32_t type = flags & LINUX_MAP_TYPE;
	bool fixed = flags & (LINUX_MAP_FIXED | LINUX_MAP_FIXED_NOREPLACE);
	if (offset & ~PAGE_MASK || !length)
		return -EINVAL;
	if (type != LINUX_MAP_PRIVATE && type != LINUX_MAP_SHARED && type != LINUX_MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (page_up(length) < length || page_up(length) > GUEST_USER_LIMIT)
		return -ENOMEM;
	if (offset + page_up(length) < offset)
		return -EOVERFLOW;
	if (flags & LINUX_MAP_HUGETLB)
		return -ENOMEM;
	if (!fixed) {
		*address &= PAGE_MASK;
		if (*address && *address < ADDRESS_MIN)
			*address = ADDRESS_MIN;
		return 0;
	}
	if (*address & ~PAGE_MASK)
		return -EINVAL;
	if (*address > GUEST_USER_LIMIT - page_up(length))
		return -ENOMEM;
	return 0;
}

/* A private mapping of /dev/zero is anonymous memory. */
static int64_t map_file_call(struct thread *self, struct mapping *wanted, int32_t fd)
{
	struct file *file = files_find(self->files, fd);
	int64_t result;
	if (!file)
		return -EBADF;
	result = map_check_file(file, wanted->prot, wanted->flags);
	wanted->file = file->kind == FILE_ZERO ? NULL : file;
	if (!result)
		result = mm_map(self, self->mm, wanted);
	file_put(file);
	return result;
}

/* A bad descriptor is told before other faults of a file mapping, but not before a bad offset. */
static int map_fault(struct thread *self, const struct mapping *wanted, int32_t fd, int error)
{
	struct file *file;
	if (wanted->flags & LINUX_MAP_ANONYMOUS || wanted->offset & ~PAGE_MASK)
		return error;
	file = files_find(self->files, fd);
	if (!file)
		return -EBADF;
	file_put(file);
	return error;
}

int64_t sys_mmap(struct thread *self, gaddr_t address, uint64_t length, uint32_t prot, uint32_t flags,
		 int32_t fd, uint64_t offset)
{
	struct mapping wanted = { address.value, length, offset, prot, flags, NULL };
	int error = map_check(&wanted.address, length, flags, offset);
	if (error)
		return map_fault(self, &wanted, fd, error);
	if (flags & (LINUX_MAP_FIXED | LINUX_MAP_FIXED_NOREPLACE) && address.value < ADDRESS_MIN &&
	    !thread_capable(self, LINUX_CAP_SYS_RAWIO))
		return -EPERM;
	if (!(flags & LINUX_MAP_ANONYMOUS))
		return map_file_call(self, &wanted, fd);
	wanted.offset = 0;
	return mm_map(self, self->mm, &wanted);
}

int64_t sys_munmap(struct thread *self, gaddr_t address, uint64_t length)
{
	struct mm *mm = self->mm;
	struct call_result result;
	if (address.value & ~PAGE_MASK || !length || address.value > GUEST_USER_LIMIT ||
	    length > GUEST_USER_LIMIT - address.value)
		return -EINVAL;
	mutex_acquire(&mm->mutex);
	result = k_aspace_unmap(mm->aspace, address.value, page_up(length));
	mutex_release(&mm->mutex);
	return errno_from_status(result.status);
}

static int protect_error(int64_t status)
{
	return status == STATUS_LIMIT ? -ENOMEM : errno_from_status(status);
}

int64_t sys_mprotect(struct thread *self, gaddr_t address, uint64_t length, uint64_t prot)
{
	const uint64_t known = LINUX_PROT_READ | LINUX_PROT_WRITE | LINUX_PROT_EXEC | LINUX_PROT_SEM;
	struct mm *mm = self->mm;
	struct call_result result;
	uint64_t bits = prot & ~(uint64_t)(LINUX_PROT_GROWSDOWN | LINUX_PROT_GROWSUP);
	if (bits & ~known || (prot & LINUX_PROT_GROWSDOWN && prot & LINUX_PROT_GROWSUP) ||
	    address.value & ~PAGE_MASK)
		return -EINVAL;
	if (!length)
		return 0;
	if (page_up(length) < length || address.value > GUEST_USER_LIMIT ||
	    page_up(length) > GUEST_USER_LIMIT - address.value)
		return -ENOMEM;
	mutex_acquire(&mm->mutex);
	result = k_aspace_protect(mm->aspace, address.value, page_up(length), prot_decode((uint32_t)bits));
	mutex_release(&mm->mutex);
	return protect_error(result.status);
}

static bool break_allowed(struct thread *self, const struct mm *mm, uint64_t end)
{
	uint64_t limit = __atomic_load_n(&self->process->limits[RLIMIT_DATA].soft, __ATOMIC_RELAXED);
	uint64_t data = mm->data_end - mm->data_start;
	return end >= mm->space.break_start && end < GUEST_USER_LIMIT &&
	       end - mm->space.break_start + data <= limit;
}

static bool break_grow(struct mm *mm, uint64_t from, uint64_t to)
{
	struct map_request request = { .address = from, .length = to - from, .tag = TAG_HEAP };
	request.prot = PROT_BIT_READ | PROT_BIT_WRITE;
	request.flags = MAP_FLAG_NOREPLACE;
	return !memory_is_too_much(request.length) && map_do(mm, &request) >= 0;
}

static bool break_move(struct mm *mm, uint64_t end)
{
	uint64_t from = page_up(mm->space.break_end), to = page_up(end);
	if (to > from)
		return break_grow(mm, from, to);
	return to == from || k_aspace_unmap(mm->aspace, to, from - to).status == STATUS_OK;
}

int64_t sys_brk(struct thread *self, gaddr_t end)
{
	struct mm *mm = self->mm;
	uint64_t result;
	mutex_acquire(&mm->mutex);
	if (break_allowed(self, mm, end.value) && break_move(mm, end.value))
		mm->space.break_end = end.value;
	result = mm->space.break_end;
	mutex_release(&mm->mutex);
	return (int64_t)result;
}
