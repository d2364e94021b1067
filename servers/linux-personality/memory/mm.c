/* SPDX-License-Identifier: MIT */
/*
 * The life of an mm, and its tags: small numbers for the files that its regions map, so that /proc/PID/maps can name them.
 *
 * A tag stays as long as the mm unless the table fills: then the regions are asked which tags still live. Tag 0 is
 * anonymous memory, TAG_HEAP and TAG_STACK and so on mark ranges that have a name of their own.
 */
#include "memory/mm.h"

#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/file.h"
#include "fs/inode.h"
#include "memory/tags.h"
#include "process/create.h"
#include "process/thread.h"
#include "runtime/kernel.h"

#define TAGS_FIRST 16u
#define TAGS_LIMIT 65536u

struct mm_tags {
	uint32_t capacity, used;
	struct file **files;
};

SURVIVES static uint64_t last_image;

static struct mm *mm_allocate(handle_t aspace)
{
	struct mm *mm = slab_allocate(sizeof(*mm));
	struct mm_tags *tags = slab_allocate(sizeof(*tags));
	struct file **files = slab_allocate(TAGS_FIRST * sizeof(files[0]));
	if (!mm || !tags || !files) {
		if (mm)
			slab_free(mm, sizeof(*mm));
		if (tags)
			slab_free(tags, sizeof(*tags));
		if (files)
			slab_free(files, TAGS_FIRST * sizeof(files[0]));
		return NULL;
	}
	*tags = (struct mm_tags){ .capacity = TAGS_FIRST, .files = files };
	mm->references = 1;
	mm->aspace = aspace;
	mm->tags = tags;
	mm->dumpable = true;
	return mm;
}

void mm_publish(struct thread *thread)
{
	thread->guest.route_space = thread->mm ? (uintptr_t)&thread->mm->space : 0;
	thread->guest.image = thread->mm ? thread->mm->image : 0;
}

struct mm *mm_create(void)
{
	struct call_result made = k_aspace_create(guest_account);
	handle_t aspace = { (uint32_t)made.value };
	struct mm *mm;
	if (made.status < 0)
		return NULL;
	mm = mm_allocate(aspace);
	if (!mm) {
		k_handle_close(aspace);
		return NULL;
	}
	mm->image = __atomic_add_fetch(&last_image, 1, __ATOMIC_RELAXED);
	mm->made_ns = clock_monotonic_ns();
	return mm;
}

static bool tags_resize(struct mm_tags *tags, uint32_t capacity)
{
	struct file **files = slab_allocate(capacity * sizeof(files[0]));
	if (!files)
		return false;
	for (uint32_t i = 0; i < tags->used; i++)
		files[i] = tags->files[i];
	slab_free(tags->files, tags->capacity * sizeof(files[0]));
	tags->files = files;
	tags->capacity = capacity;
	return true;
}

static bool tags_copy(struct mm_tags *to, const struct mm_tags *from)
{
	if (from->used > to->capacity && !tags_resize(to, from->capacity))
		return false;
	for (uint32_t i = 0; i < from->used; i++) {
		to->files[i] = from->files[i];
		if (to->files[i])
			file_get(to->files[i]);
	}
	to->used = from->used;
	return true;
}

/* Everything but identity, counts and the executable. */
static void mm_copy_fields(struct mm *to, const struct mm *from)
{
	struct mm own = *to;
	*to = *from;
	to->references = own.references;
	to->mutex = own.mutex;
	to->aspace = own.aspace;
	to->tags = own.tags;
	to->executable = NULL;
}

struct mm *mm_fork(struct mm *from)
{
	struct call_result made;
	struct mm *mm;
	mutex_acquire(&from->mutex);
	made = k_aspace_fork(from->aspace, guest_account);
	mm = made.status < 0 ? NULL : mm_allocate((handle_t){ (uint32_t)made.value });
	if (mm) {
		mm_copy_fields(mm, from);
		if (!tags_copy(mm->tags, from->tags)) {
			mm_put(mm);
			mm = NULL;
		} else {
			mm_set_executable(mm, from->executable);
		}
	} else if (made.status >= 0) {
		k_handle_close((handle_t){ (uint32_t)made.value });
	}
	mutex_release(&from->mutex);
	return mm;
}

void mm_get(struct mm *mm)
{
	__atomic_add_fetch(&mm->references, 1, __ATOMIC_RELAXED);
}

void mm_set_executable(struct mm *mm, struct file *file)
{
	struct file *old = mm->executable;
	if (file) {
		file_get(file);
		__atomic_add_fetch(&file->inode->executes, 1, __ATOMIC_RELAXED);
	}
	mm->executable = file;
	if (!old)
		return;
	__atomic_sub_fetch(&old->inode->executes, 1, __ATOMIC_RELAXED);
	file_put(old);
}

void mm_put(struct mm *mm)
{
	if (__atomic_sub_fetch(&mm->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	k_handle_close(mm->aspace);
	mm_set_executable(mm, NULL);
	for (uint32_t i = 0; i < mm->tags->used; i++) {
		if (mm->tags->files[i])
			file_put(mm->tags->files[i]);
	}
	slab_free(mm->tags->files, mm->tags->capacity * sizeof(mm->tags->files[0]));
	slab_free(mm->tags, sizeof(*mm->tags));
	slab_free(mm, sizeof(*mm));
}

/* Drop files that no region's tag names any more. */
static void tags_sweep(struct mm *mm)
{
	uint8_t *live = slab_allocate(mm->tags->used);
	struct region_info region = { 0 };
	if (!live)
		return;
	while (k_aspace_query(mm->aspace, region.end, (uaddr_t){ (uintptr_t)&region }).status == STATUS_OK) {
		if (region.tag >= TAG_FILE && region.tag - TAG_FILE < mm->tags->used)
			live[region.tag - TAG_FILE] = 1;
	}
	for (uint32_t i = 0; i < mm->tags->used; i++) {
		struct file *file = mm->tags->files[i];
		if (file && !live[i]) {
			mm->tags->files[i] = NULL;
			file_put(file);
		}
	}
	slab_free(live, mm->tags->used);
}

static uint64_t tags_place(struct mm_tags *tags, struct file *file)
{
	uint32_t vacant = tags->used;
	for (uint32_t i = 0; i < tags->used; i++) {
		if (tags->files[i] == file)
			return TAG_FILE + i;
		if (!tags->files[i] && vacant == tags->used)
			vacant = i;
	}
	if (vacant >= tags->capacity)
		return 0;
	file_get(file);
	tags->files[vacant] = file;
	if (vacant == tags->used)
		tags->used++;
	return TAG_FILE + vacant;
}

uint64_t tag_of_file(struct mm *mm, struct file *file)
{
	uint64_t tag = tags_place(mm->tags, file);
	if (tag)
		return tag;
	tags_sweep(mm);
	tag = tags_place(mm->tags, file);
	if (!tag && mm->tags->capacity < TAGS_LIMIT && tags_resize(mm->tags, mm->tags->capacity * 2))
		tag = tags_place(mm->tags, file);
	return tag;
}

struct file *tag_file(struct mm *mm, uint64_t tag)
{
	struct file *file = NULL;
	mutex_acquire(&mm->mutex);
	if (tag >= TAG_FILE && tag - TAG_FILE < mm->tags->used)
		file = mm->tags->files[tag - TAG_FILE];
	if (file)
		file_get(file);
	mutex_release(&mm->mutex);
	return file;
}
