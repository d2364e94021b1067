/* SPDX-License-Identifier: MIT */
/*
 * Descriptor tables: an array of slots that doubles, a bitmap of used ones for the lowest-free rule, a bitmap of
 * close-on-exec, one of descriptors that the kernel's table of routes has a row for. Guarded by the table's lock; files are put
 * outside of it. A row holds a reference on its file; it is cleared before its number can mean anything else.
 */
#include <string.h>

#include "core/errno.h"
#include "core/slab.h"
#include "file/file.h"
#include "file/file_locks.h"
#include "file/files.h"
#include "linux_abi/files.h"
#include "process/process.h"
#include "route/descriptors.h"
#include "runtime/kernel.h"

#define FILES_FIRST 64u
#define FILES_MAX (1u << 20)
#define RLIMIT_DESCRIPTORS 7

struct files {
	uint32_t references; /* A */
	struct lock lock;    /* RANK_TABLE */
	uint32_t capacity;   /* multiple of 64 */
	struct file **slots;
	uint64_t *used, *close_on_exec, *routed;
	uint32_t lowest;       /* no free slot below */
	uint32_t routed_count; /* descriptors with a row */
	handle_t routes;       /* the kernel's table, once there was a row; HANDLE_NONE */
};

static bool bit_test(const uint64_t *bits, uint32_t index)
{
	return bits[index / 64] >> index % 64 & 1;
}

static void bit_assign(uint64_t *bits, uint32_t index, bool value)
{
	uint64_t mask = 1ull << index % 64;
	bits[index / 64] = value ? bits[index / 64] | mask : bits[index / 64] & ~mask;
}

static bool files_allocate(struct files *files, uint32_t capacity)
{
	files->slots = slab_allocate(capacity * sizeof(files->slots[0]));
	files->used = slab_allocate(capacity / 8);
	files->close_on_exec = slab_allocate(capacity / 8);
	files->routed = slab_allocate(capacity / 8);
	files->capacity = capacity;
	return files->slots && files->used && files->close_on_exec && files->routed;
}

static void files_free_arrays(struct files *files)
{
	if (files->slots)
		slab_free(files->slots, files->capacity * sizeof(files->slots[0]));
	if (files->used)
		slab_free(files->used, files->capacity / 8);
	if (files->close_on_exec)
		slab_free(files->close_on_exec, files->capacity / 8);
	if (files->routed)
		slab_free(files->routed, files->capacity / 8);
}

static struct files *files_create_sized(uint32_t capacity)
{
	struct files *files = slab_allocate(sizeof(*files));
	if (!files)
		return NULL;
	lock_init(&files->lock, RANK_TABLE);
	files->references = 1;
	if (files_allocate(files, capacity))
		return files;
	files_free_arrays(files);
	slab_free(files, sizeof(*files));
	return NULL;
}

struct files *files_create(void)
{
	return files_create_sized(FILES_FIRST);
}

static void files_copy_locked(struct files *to, const struct files *from)
{
	uint32_t count = from->capacity < to->capacity ? from->capacity : to->capacity;
	memcpy(to->used, from->used, count / 8);
	memcpy(to->close_on_exec, from->close_on_exec, count / 8);
	to->lowest = from->lowest;
	for (uint32_t fd = 0; fd < count; fd++) {
		to->slots[fd] = from->slots[fd];
		if (to->slots[fd])
			file_get(to->slots[fd]);
	}
}

struct files *files_copy(struct files *from)
{
	struct files *to;
	uint32_t capacity;
	for (;;) {
		capacity = __atomic_load_n(&from->capacity, __ATOMIC_RELAXED);
		to = files_create_sized(capacity);
		if (!to)
			return NULL;
		lock_acquire(&from->lock);
		if (from->capacity == capacity)
			break;
		lock_release(&from->lock);
		files_put(to);
	}
	files_copy_locked(to, from);
	lock_release(&from->lock);
	return to;
}

bool files_is_shared(struct files *files)
{
	return __atomic_load_n(&files->references, __ATOMIC_ACQUIRE) > 1;
}

void files_get(struct files *files)
{
	__atomic_add_fetch(&files->references, 1, __ATOMIC_RELAXED);
}

/* The row goes, and with it its reference, unless calls wait inside: then when the kernel says that the last one left. */
static void files_unroute_locked(struct files *files, uint32_t fd)
{
	if (!bit_test(files->routed, fd))
		return;
	bit_assign(files->routed, fd, false);
	files->routed_count--;
	if (!descriptor_route_clear(files->routes, fd))
		file_put_early(files->slots[fd]);
}

static void files_unroute_all_locked(struct files *files)
{
	for (uint32_t fd = 0; files->routed_count && fd < files->capacity; fd++)
		files_unroute_locked(files, fd);
	if (files->routes.value)
		(void)k_handle_close(files->routes);
	files->routes = HANDLE_NONE;
}

void files_put(struct files *files)
{
	if (__atomic_sub_fetch(&files->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	files_unroute_all_locked(files);
	for (uint32_t fd = 0; fd < files->capacity; fd++) {
		if (files->slots[fd]) {
			file_locks_closed(files, files->slots[fd]);
			file_put(files->slots[fd]);
		}
	}
	files_free_arrays(files);
	slab_free(files, sizeof(*files));
}

/* Room for descriptor `fd`: the lock is dropped while allocating. False without memory. */
static bool files_grow_locked(struct files *files, uint32_t fd)
{
	while (fd >= files->capacity) {
		uint32_t capacity = files->capacity;
		struct files bigger = { 0 }, old;
		lock_release(&files->lock);
		while (capacity <= fd)
			capacity *= 2;
		if (!files_allocate(&bigger, capacity)) {
			files_free_arrays(&bigger);
			lock_acquire(&files->lock);
			return false;
		}
		lock_acquire(&files->lock);
		old = *files;
		if (capacity > files->capacity) {
			memcpy(bigger.slots, files->slots, files->capacity * sizeof(files->slots[0]));
			memcpy(bigger.used, files->used, files->capacity / 8);
			memcpy(bigger.close_on_exec, files->close_on_exec, files->capacity / 8);
			memcpy(bigger.routed, files->routed, files->capacity / 8);
			files->slots = bigger.slots;
			files->used = bigger.used;
			files->close_on_exec = bigger.close_on_exec;
			files->routed = bigger.routed;
			files->capacity = capacity;
			bigger = old;
		}
		files_free_arrays(&bigger);
	}
	return true;
}

static struct file *files_get_slot(struct files *files, int32_t fd)
{
	struct file *file = NULL;
	lock_acquire(&files->lock);
	if (fd >= 0 && (uint32_t)fd < files->capacity)
		file = files->slots[fd];
	if (file)
		file_get(file);
	lock_release(&files->lock);
	return file;
}

struct file *files_find_path(struct files *files, int32_t fd)
{
	return files_get_slot(files, fd);
}

struct file *files_find(struct files *files, int32_t fd)
{
	struct file *file = files_get_slot(files, fd);
	if (!file || file->kind != FILE_PATH)
		return file;
	file_put(file);
	return NULL;
}

struct file *files_peek(const struct files *files, int32_t fd)
{
	struct file *file = (uint32_t)fd < files->capacity ? files->slots[fd] : NULL;
	return file && file->kind != FILE_PATH ? file : NULL;
}

static uint32_t files_lowest_free(const struct files *files, uint32_t minimum)
{
	uint32_t fd = minimum;
	while (fd < files->capacity) {
		uint64_t free = ~files->used[fd / 64] & ~0ull << fd % 64;
		if (free)
			return (fd & ~63u) + (uint32_t)__builtin_ctzll(free);
		fd = (fd & ~63u) + 64;
	}
	return fd;
}

static void files_put_slot(struct files *files, uint32_t fd, struct file *file, bool close_on_exec)
{
	files->slots[fd] = file;
	bit_assign(files->used, fd, file != NULL);
	bit_assign(files->close_on_exec, fd, close_on_exec);
}

static uint32_t files_limit(const struct thread *self)
{
	uint64_t limit = __atomic_load_n(&self->process->limits[RLIMIT_DESCRIPTORS].soft, __ATOMIC_RELAXED);
	return limit < FILES_MAX ? (uint32_t)limit : FILES_MAX;
}

int files_install(struct thread *self, struct file *file, int32_t minimum, bool close_on_exec)
{
	struct files *files = self->files;
	uint32_t fd, limit = files_limit(self);
	int result;
	lock_acquire(&files->lock);
	do {
		fd = files_lowest_free(files,
				       (uint32_t)minimum > files->lowest ? (uint32_t)minimum : files->lowest);
		if (fd >= limit)
			result = -EMFILE;
		else
			result = files_grow_locked(files, fd) ? (int)fd : -ENOMEM;
	} while (result >= 0 && bit_test(files->used, fd));
	if (result >= 0) {
		files_put_slot(files, fd, file, close_on_exec);
		if (fd == files->lowest)
			files->lowest = fd + 1;
	}
	lock_release(&files->lock);
	if (result < 0)
		file_put(file);
	return result;
}

int files_install_at(struct thread *self, struct file *file, int32_t fd, bool close_on_exec)
{
	struct files *files = self->files;
	struct file *old = NULL;
	int result = -EBADF;
	lock_acquire(&files->lock);
	if (fd >= 0 && (uint32_t)fd < files_limit(self))
		result = files_grow_locked(files, (uint32_t)fd) ? fd : -ENOMEM;
	if (result >= 0) {
		files_unroute_locked(files, (uint32_t)fd);
		old = files->slots[fd];
		files_put_slot(files, (uint32_t)fd, file, close_on_exec);
	}
	lock_release(&files->lock);
	if (old) {
		file_locks_closed(files, old);
		file_put(old);
	}
	if (result < 0)
		file_put(file);
	return result;
}

static struct file *files_take_locked(struct files *files, uint32_t fd)
{
	struct file *file = files->slots[fd];
	files_unroute_locked(files, fd);
	files_put_slot(files, fd, NULL, false);
	if (fd < files->lowest)
		files->lowest = fd;
	return file;
}

int files_close(struct files *files, int32_t fd)
{
	struct file *file = NULL;
	lock_acquire(&files->lock);
	if (fd >= 0 && (uint32_t)fd < files->capacity && files->slots[fd])
		file = files_take_locked(files, (uint32_t)fd);
	lock_release(&files->lock);
	if (!file)
		return -EBADF;
	file_locks_closed(files, file);
	file_put(file);
	return 0;
}

/* The first used descriptor in [first, last] that satisfies `marked`, taken out; NULL at the end. */
static struct file *files_take_next(struct files *files, uint32_t *first, uint32_t last, bool marked)
{
	struct file *file = NULL;
	lock_acquire(&files->lock);
	for (; !file && *first < files->capacity && *first <= last; (*first)++) {
		if (files->slots[*first] && (!marked || bit_test(files->close_on_exec, *first)))
			file = files_take_locked(files, *first);
	}
	lock_release(&files->lock);
	return file;
}

static void files_close_where(struct files *files, uint32_t first, uint32_t last, bool marked)
{
	struct file *file;
	while ((file = files_take_next(files, &first, last, marked))) {
		file_locks_closed(files, file);
		file_put(file);
	}
}

void files_close_on_exec(struct files *files)
{
	files_close_where(files, 0, UINT32_MAX, true);
}

void files_close_range(struct files *files, uint32_t first, uint32_t last)
{
	files_close_where(files, first, last, false);
}

void files_mark_range(struct files *files, uint32_t first, uint32_t last)
{
	lock_acquire(&files->lock);
	for (uint32_t fd = first; fd < files->capacity && fd <= last; fd++) {
		if (files->slots[fd])
			bit_assign(files->close_on_exec, fd, true);
	}
	lock_release(&files->lock);
}

int files_flag(struct files *files, int32_t fd)
{
	int result = -EBADF;
	lock_acquire(&files->lock);
	if (fd >= 0 && (uint32_t)fd < files->capacity && files->slots[fd])
		result = bit_test(files->close_on_exec, (uint32_t)fd);
	lock_release(&files->lock);
	return result;
}

int files_set_flag(struct files *files, int32_t fd, bool close_on_exec)
{
	int result = -EBADF;
	lock_acquire(&files->lock);
	if (fd >= 0 && (uint32_t)fd < files->capacity && files->slots[fd]) {
		bit_assign(files->close_on_exec, (uint32_t)fd, close_on_exec);
		result = 0;
	}
	lock_release(&files->lock);
	return result;
}

int32_t files_next(struct files *files, int32_t fd)
{
	int32_t found = -1;
	lock_acquire(&files->lock);
	for (uint32_t at = (uint32_t)fd; fd >= 0 && at < files->capacity; at++) {
		if (files->slots[at]) {
			found = (int32_t)at;
			break;
		}
	}
	lock_release(&files->lock);
	return found;
}

uint32_t files_capacity(const struct files *files)
{
	return __atomic_load_n(&files->capacity, __ATOMIC_RELAXED);
}

void files_route(struct thread *self, int32_t fd, struct file *file)
{
	struct files *files = self->files;
	uint32_t at = (uint32_t)fd;
	lock_acquire(&files->lock);
	if (fd >= 0 && at < files->capacity && files->slots[at] == file && !bit_test(files->routed, at) &&
	    descriptor_route_set(&files->routes, at, file)) {
		file_get(file);
		bit_assign(files->routed, at, true);
		files->routed_count++;
	}
	lock_release(&files->lock);
	files_publish(self);
}

void files_unroute(struct files *files, bool (*which)(const struct file *file, const void *context),
		   const void *context)
{
	lock_acquire(&files->lock);
	for (uint32_t fd = 0; files->routed_count && fd < files->capacity; fd++)
		if (bit_test(files->routed, fd) && which(files->slots[fd], context))
			files_unroute_locked(files, fd);
	lock_release(&files->lock);
}

void files_publish(struct thread *thread)
{
	const struct files *files = thread->files;
	uint32_t routes = files ? __atomic_load_n(&files->routes.value, __ATOMIC_RELAXED) : 0;
	__atomic_store_n(&thread->guest.route_files, routes, __ATOMIC_RELAXED);
}
