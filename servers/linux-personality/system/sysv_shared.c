/* SPDX-License-Identifier: MIT */
/*
 * shmget(2), shmat(2), shmdt(2), shmctl(2).
 *
 * A segment is a file of the file system behind memfd_create, mapped shared; the kernel counts its mappings. A segment that was
 * removed keeps its number while it is mapped; whoever leaves memory looks for those that are not mapped any more.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/file.h"
#include "file/memory_file.h"
#include "fs/inode.h"
#include "linux_abi/memory.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/process.h"
#include "runtime/kernel.h"
#include "system/sysv.h"

#define READ_MODE 0444u
#define ALTER_MODE 0222u
#define EXECUTE_MODE 0111u
#define BYTES_MAX (UINT64_MAX - (1ull << 24))
#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))
#define NAME_BYTES 16

struct segment {
	struct sysv_object object;
	struct file *file;
	handle_t memory; /* the file's page cache; lives as long as the file */
	uint64_t memory_id;
	uint64_t bytes;
	int64_t attached, detached;
	int32_t creator, last;
};

SURVIVES static uint32_t removed_segments; /* A; still in the table */

static uint64_t page_up(uint64_t bytes)
{
	return (bytes + PAGE_SIZE - 1) & PAGE_MASK;
}

static struct object_info segment_info(const struct segment *segment)
{
	struct object_info info = { 0 };
	(void)k_object_info(segment->memory, own_address(&info));
	return info;
}

static bool segment_ended(const struct segment *segment)
{
	return segment->object.mode & LINUX_SHM_DEST && !segment_info(segment).mappings;
}

static void segment_free(struct segment *segment)
{
	if (segment->file)
		file_put(segment->file);
	slab_free(segment, sizeof(*segment));
}

/* sysv_lock held: a removed segment that ended is not there. */
static struct segment *segment_find(struct thread *self, int32_t id)
{
	struct segment *segment = (struct segment *)sysv_find(self, SYSV_SHARED, id);
	return segment && !segment_ended(segment) ? segment : NULL;
}

static struct segment *segment_take_ended(struct thread *self)
{
	struct segment *segment = NULL;
	bool end = false;
	lock_acquire(&sysv_lock);
	for (uint32_t slot = 0; !end; slot++) {
		segment = (struct segment *)sysv_at(ipc_namespace_of(self), SYSV_SHARED, slot, &end);
		if (segment && segment_ended(segment)) {
			sysv_remove(self, SYSV_SHARED, &segment->object);
			break;
		}
		segment = NULL;
	}
	lock_release(&sysv_lock);
	return segment;
}

void shared_memory_collect(void)
{
	struct segment *segment;
	while (__atomic_load_n(&removed_segments, __ATOMIC_RELAXED) && (segment = segment_take_ended(NULL))) {
		__atomic_sub_fetch(&removed_segments, 1, __ATOMIC_RELAXED);
		segment_free(segment);
	}
}

/* "SYSV" and the key in eight digits. */
static void segment_name(char name[NAME_BYTES], int32_t key)
{
	static const char digits[] = "0123456789abcdef";
	__builtin_memcpy(name, "SYSV00000000", 13);
	for (uint32_t i = 0; i < 8; i++)
		name[4 + i] = digits[(uint32_t)key >> (28 - 4 * i) & 15];
}

static int segment_fill(struct thread *self, struct segment *segment, int32_t key)
{
	char name[NAME_BYTES];
	struct inode *inode;
	int error = 0;
	segment_name(name, key);
	segment->file = memory_file_create(self, name, &error);
	if (!segment->file)
		return error;
	inode = segment->file->inode;
	mutex_acquire(&inode->content);
	error = inode_truncate(inode, segment->bytes);
	mutex_release(&inode->content);
	if (!error)
		error = inode_object(inode, &segment->memory);
	segment->memory_id = segment_info(segment).object_id;
	return error;
}

static struct segment *segment_create(struct thread *self, int32_t key, uint64_t bytes, int *error)
{
	struct segment *segment = slab_allocate(sizeof(*segment));
	*error = -ENOMEM;
	if (!segment)
		return NULL;
	segment->bytes = bytes;
	segment->creator = self->process->pid;
	*error = segment_fill(self, segment, key);
	if (!*error)
		return segment;
	segment_free(segment);
	return NULL;
}

/* The number of the segment that has the key; 1 in *create: one is to be made. */
static int segment_get(struct thread *self, int32_t key, uint64_t bytes, uint32_t flags, bool *create)
{
	struct sysv_object *object;
	int result = sysv_get(self, SYSV_SHARED, key, flags, &object);
	*create = result > 0;
	if (result)
		return result;
	if (bytes > ((struct segment *)object)->bytes)
		return -EINVAL;
	return sysv_permit(self, object, flags) ? -EACCES : object->id;
}

static int segment_make(struct thread *self, int32_t key, uint64_t bytes, uint32_t flags)
{
	struct segment *segment;
	bool create;
	int result;
	if (!bytes || bytes > BYTES_MAX)
		return -EINVAL;
	if (flags & LINUX_SHM_HUGETLB)
		return -ENOMEM;
	segment = segment_create(self, key, bytes, &result);
	if (!segment)
		return result;
	lock_acquire(&sysv_lock);
	result = segment_get(self, key, bytes, flags, &create); /* somebody else may have been faster */
	if (create)
		result = sysv_add(self, SYSV_SHARED, &segment->object, key, flags, LINUX_SHMMNI);
	lock_release(&sysv_lock);
	if (!create || result < 0)
		segment_free(segment);
	return result;
}

int64_t sys_shmget(struct thread *self, int32_t key, uint64_t bytes, int32_t flags)
{
	bool create;
	int result;
	lock_acquire(&sysv_lock);
	result = segment_get(self, key, bytes, (uint32_t)flags, &create);
	lock_release(&sysv_lock);
	return create ? segment_make(self, key, bytes, (uint32_t)flags) : result;
}

static int attach_address(uint64_t *address, uint32_t flags)
{
	if (!*address)
		return flags & LINUX_SHM_REMAP ? -EINVAL : 0;
	if (!(*address & ~PAGE_MASK))
		return 0;
	if (!(flags & LINUX_SHM_RND))
		return -EINVAL;
	*address &= PAGE_MASK;
	return !*address && flags & LINUX_SHM_REMAP ? -EINVAL : 0;
}

static uint32_t attach_mode(uint32_t flags)
{
	return READ_MODE | (flags & LINUX_SHM_RDONLY ? 0 : ALTER_MODE) |
	       (flags & LINUX_SHM_EXEC ? EXECUTE_MODE : 0);
}

static void attach_describe(struct mapping *mapping, uint64_t address, uint32_t flags)
{
	mapping->address = address;
	mapping->prot = LINUX_PROT_READ | (flags & LINUX_SHM_RDONLY ? 0 : LINUX_PROT_WRITE) |
			(flags & LINUX_SHM_EXEC ? LINUX_PROT_EXEC : 0);
	mapping->flags = LINUX_MAP_SHARED;
	if (address)
		mapping->flags |= flags & LINUX_SHM_REMAP ? LINUX_MAP_FIXED : LINUX_MAP_FIXED_NOREPLACE;
}

/* A file to map it by: who may only read cannot be allowed to write by mprotect later. */
static struct file *attach_file(const struct segment *segment, uint32_t flags)
{
	struct file *file = segment->file;
	if (!(flags & LINUX_SHM_RDONLY)) {
		file_get(file);
		return file;
	}
	struct file *reader = file_create(FILE_REGULAR, LINUX_O_RDONLY, NULL);
	if (reader)
		file_attach(reader, &file->path, file->inode);
	return reader;
}

/* The segment's file and size, if the caller may attach it. */
static int attach_begin(struct thread *self, int32_t id, uint32_t flags, struct mapping *mapping)
{
	struct segment *segment;
	int error = -EINVAL;
	lock_acquire(&sysv_lock);
	segment = segment_find(self, id);
	if (segment)
		error = sysv_permit(self, &segment->object, attach_mode(flags));
	if (!error) {
		mapping->length = segment->bytes;
		mapping->file = attach_file(segment, flags);
		error = mapping->file ? 0 : -ENOMEM;
	}
	lock_release(&sysv_lock);
	return error;
}

static int64_t attach_map(struct thread *self, const struct mapping *mapping)
{
	int64_t result;
	if (mapping->address > GUEST_USER_LIMIT || mapping->length > GUEST_USER_LIMIT - mapping->address)
		return mapping->address ? -EINVAL : -ENOMEM;
	result = mm_map(self, self->mm, mapping);
	return result == -EEXIST ? -EINVAL : result;
}

static void segment_note(struct thread *self, struct segment *segment, bool attached)
{
	int64_t now = sysv_now();
	if (!segment)
		return;
	segment->last = self->process->pid;
	if (attached)
		segment->attached = now;
	else
		segment->detached = now;
}

int64_t sys_shmat(struct thread *self, int32_t id, gaddr_t wanted, int32_t flags)
{
	uint64_t address = wanted.value;
	struct mapping mapping = { 0 };
	int64_t result;
	int error = id < 0 ? -EINVAL : attach_address(&address, (uint32_t)flags);
	if (!error)
		error = attach_begin(self, id, (uint32_t)flags, &mapping);
	if (error)
		return error;
	attach_describe(&mapping, address, (uint32_t)flags);
	result = attach_map(self, &mapping);
	file_put(mapping.file);
	if (result < 0)
		return result;
	lock_acquire(&sysv_lock);
	segment_note(self, (struct segment *)sysv_find(self, SYSV_SHARED, id), true);
	lock_release(&sysv_lock);
	return result;
}

static struct segment *segment_of_memory(struct thread *self, uint64_t memory_id)
{
	bool end = false;
	for (uint32_t slot = 0; memory_id && !end; slot++) {
		struct segment *segment = (struct segment *)sysv_at(ipc_namespace_of(self), SYSV_SHARED, slot,
								    &end);
		if (segment && segment->memory_id == memory_id)
			return segment;
	}
	return NULL;
}

/* What is attached at the address: the bytes of its segment, and which memory; 0: nothing is. */
static uint64_t attached_bytes(struct thread *self, uint64_t address, uint64_t *memory_id)
{
	struct region_info region = { .end = address };
	struct segment *segment = NULL;
	uint64_t bytes = 0;
	while (!segment && k_aspace_query(self->mm->aspace, region.end, own_address(&region)).status >= 0) {
		if (region.start < address || region.start - address != region.offset)
			continue;
		lock_acquire(&sysv_lock);
		segment = segment_of_memory(self, region.object_id);
		if (segment) {
			bytes = page_up(segment->bytes);
			segment_note(self, segment, false);
		}
		lock_release(&sysv_lock);
		*memory_id = region.object_id;
	}
	return bytes;
}

int64_t sys_shmdt(struct thread *self, gaddr_t attached)
{
	uint64_t address = attached.value;
	struct region_info region = { .end = address };
	uint64_t memory_id, bytes;
	if (address & ~PAGE_MASK)
		return -EINVAL;
	mutex_acquire(&self->mm->mutex);
	bytes = attached_bytes(self, address, &memory_id);
	while (bytes && k_aspace_query(self->mm->aspace, region.end, own_address(&region)).status >= 0 &&
	       region.start - address < bytes)
		if (region.object_id == memory_id && region.start - address == region.offset)
			(void)k_aspace_unmap(self->mm->aspace, region.start, region.end - region.start);
	mutex_release(&self->mm->mutex);
	shared_memory_collect();
	return bytes ? 0 : -EINVAL;
}

static void segment_status(const struct segment *segment, struct linux_shmid_ds *status)
{
	sysv_perm_fill(&status->perm, &segment->object);
	status->bytes = segment->bytes;
	status->attached = segment->attached;
	status->detached = segment->detached;
	status->changed = segment->object.changed;
	status->creator = segment->creator;
	status->last = segment->last;
	status->attaches = segment_info(segment).mappings;
}

static int64_t control_status(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_shmid_ds status = { 0 };
	struct segment *segment;
	int64_t result = -EINVAL;
	bool end;
	lock_acquire(&sysv_lock);
	segment = command == LINUX_IPC_STAT ? segment_find(self, id)
					    : (struct segment *)sysv_at(ipc_namespace_of(self), SYSV_SHARED,
									(uint32_t)id, &end);
	if (segment && !segment_ended(segment))
		result = command == LINUX_SHM_STAT_ANY ? 0 : sysv_permit(self, &segment->object, READ_MODE);
	if (!result) {
		segment_status(segment, &status);
		result = command == LINUX_IPC_STAT ? 0 : segment->object.id;
	}
	lock_release(&sysv_lock);
	return result >= 0 && guest_write(buffer, &status, sizeof(status)) ? -EFAULT : result;
}

static void segment_mark_removed(struct segment *segment)
{
	if (!(segment->object.mode & LINUX_SHM_DEST))
		__atomic_add_fetch(&removed_segments, 1, __ATOMIC_RELAXED);
	segment->object.mode |= LINUX_SHM_DEST;
	segment->object.key = LINUX_IPC_PRIVATE;
}

static int lock_allowed(struct thread *self, const struct segment *segment)
{
	if (thread_capable(self, LINUX_CAP_IPC_LOCK))
		return 0;
	return sysv_own(self, &segment->object) || !self->process->limits[LINUX_RLIMIT_MEMLOCK].soft ? -EPERM
												     : 0;
}

/* SHM_LOCK: the pages of a segment never leave memory here, so there is only the mark. */
static int64_t segment_command(struct thread *self, struct segment *segment, int32_t command,
			       const struct linux_shmid_ds *status)
{
	bool locks = command == LINUX_SHM_LOCK || command == LINUX_SHM_UNLOCK;
	int error = locks ? lock_allowed(self, segment) : sysv_own(self, &segment->object);
	if (error)
		return error;
	switch (command) {
	case LINUX_IPC_SET: sysv_perm_set(&segment->object, &status->perm); break;
	case LINUX_SHM_LOCK: segment->object.mode |= LINUX_SHM_LOCKED; break;
	case LINUX_SHM_UNLOCK: segment->object.mode &= ~LINUX_SHM_LOCKED; break;
	default: segment_mark_removed(segment); break;
	}
	return 0;
}

static int64_t control_owner(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_shmid_ds status;
	struct segment *segment;
	int64_t result = -EINVAL;
	if (command == LINUX_IPC_SET && guest_read(&status, buffer, sizeof(status)))
		return -EFAULT;
	lock_acquire(&sysv_lock);
	segment = segment_find(self, id);
	if (segment)
		result = segment_command(self, segment, command, &status);
	lock_release(&sysv_lock);
	shared_memory_collect();
	return result;
}

static int64_t control_limits(gaddr_t buffer, uint32_t highest)
{
	const struct linux_shminfo info = { .max = BYTES_MAX,
					    .min = 1,
					    .segments = LINUX_SHMMNI,
					    .per_process = LINUX_SHMMNI,
					    .pages = BYTES_MAX };
	return guest_write(buffer, &info, sizeof(info)) ? -EFAULT : (int64_t)highest;
}

static int64_t control_information(struct thread *self, int32_t command, gaddr_t buffer)
{
	struct linux_shm_usage usage = { 0 };
	uint32_t highest = 0;
	bool end = false;
	lock_acquire(&sysv_lock);
	for (uint32_t slot = 0; !end; slot++) {
		struct segment *segment = (struct segment *)sysv_at(ipc_namespace_of(self), SYSV_SHARED, slot,
								    &end);
		if (!segment)
			continue;
		highest = slot;
		usage.used++;
		usage.total += page_up(segment->bytes) / PAGE_SIZE;
		usage.resident += segment_info(segment).resident_pages;
	}
	lock_release(&sysv_lock);
	if (command == LINUX_IPC_INFO)
		return control_limits(buffer, highest);
	return guest_write(buffer, &usage, sizeof(usage)) ? -EFAULT : (int64_t)highest;
}

int64_t sys_shmctl(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	if (id < 0)
		return -EINVAL;
	switch (command) {
	case LINUX_IPC_INFO:
	case LINUX_SHM_INFO: return control_information(self, command, buffer);
	case LINUX_IPC_STAT:
	case LINUX_SHM_STAT:
	case LINUX_SHM_STAT_ANY: return control_status(self, id, command, buffer);
	case LINUX_IPC_SET:
	case LINUX_IPC_RMID:
	case LINUX_SHM_LOCK:
	case LINUX_SHM_UNLOCK: return control_owner(self, id, command, buffer);
	default: return -EINVAL;
	}
}
