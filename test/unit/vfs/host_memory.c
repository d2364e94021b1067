/* SPDX-License-Identifier: MIT */
/*
 * The host's side of vfs: memory for the state from malloc, file contents in host pages, log lines to nowhere. Each of the two
 * can be told to fail at one place.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"
#include "runtime/log.h"
#include "vfs/store.h"

#define OBJECTS_MAX 4096u

struct host_page {
	uint64_t page;
	uint8_t *bytes;
};

struct host_object {
	bool used;
	uint64_t pages;
	struct host_page *present; /* in no order */
	size_t count;
};

static unsigned store_countdown, store_pieces;
static unsigned backing_countdown, backing_objects;
static uint64_t shared_pages;
static struct host_object objects[OBJECTS_MAX];

static bool fails_now(unsigned *countdown)
{
	return *countdown && --*countdown == 0;
}

void store_fail_at(unsigned n)
{
	store_countdown = n;
}

unsigned store_live(void)
{
	return store_pieces;
}

/* The size stands before each piece, so that freeing with another one is found. */
void *store_allocate(size_t bytes)
{
	size_t *piece = fails_now(&store_countdown) ? NULL : calloc(1, bytes + 2 * sizeof *piece);

	if (!piece)
		return NULL;
	store_pieces++;
	piece[0] = bytes;
	return piece + 2;
}

void store_free(void *memory, size_t bytes)
{
	size_t *piece = memory;

	if (!piece)
		return;
	assert(piece[-2] == bytes);
	store_pieces--;
	free(piece - 2);
}

void log_line(enum log_level level, const char *format, ...)
{
	(void)level;
	(void)format;
}

void backing_fail_at(unsigned n)
{
	backing_countdown = n;
}

unsigned backing_live(void)
{
	return backing_objects;
}

uint64_t backing_shared_pages(void)
{
	return shared_pages;
}

static struct host_object *object_at(uint32_t object)
{
	assert(object >= 1 && object < OBJECTS_MAX && objects[object].used);
	return &objects[object];
}

static status_t host_create(uint64_t pages, uint32_t *object)
{
	if (fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	for (uint32_t i = 1; i < OBJECTS_MAX; i++) {
		if (objects[i].used)
			continue;
		objects[i] = (struct host_object){ .used = true, .pages = pages };
		backing_objects++;
		*object = i;
		return STATUS_OK;
	}
	return STATUS_NO_MEMORY;
}

static struct host_page *page_at(struct host_object *object, uint64_t page)
{
	for (size_t i = 0; i < object->count; i++)
		if (object->present[i].page == page)
			return &object->present[i];
	return NULL;
}

static uint8_t *page_make(struct host_object *object, uint64_t page)
{
	struct host_page *there = page_at(object, page);

	assert(page < object->pages);
	if (there)
		return there->bytes;
	object->present = realloc(object->present, (object->count + 1) * sizeof *object->present);
	assert(object->present);
	object->present[object->count] = (struct host_page){ page, calloc(1, PAGE_SIZE) };
	assert(object->present[object->count].bytes);
	return object->present[object->count++].bytes;
}

static void drop_range(struct host_object *object, uint64_t page, uint64_t count)
{
	for (size_t i = 0; i < object->count;) {
		if (object->present[i].page < page || object->present[i].page - page >= count) {
			i++;
			continue;
		}
		free(object->present[i].bytes);
		object->present[i] = object->present[--object->count];
	}
}

static void host_destroy(uint32_t object)
{
	struct host_object *host = object_at(object);

	drop_range(host, 0, UINT64_MAX);
	free(host->present);
	*host = (struct host_object){ 0 };
	backing_objects--;
}

static status_t host_resize(uint32_t object, uint64_t pages)
{
	struct host_object *host = object_at(object);

	if (pages > host->pages && fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	drop_range(host, pages, UINT64_MAX);
	host->pages = pages;
	return STATUS_OK;
}

static status_t host_share_archive(uint32_t object, uint64_t page, uint64_t archive_page, uint64_t count)
{
	if (fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	assert((archive_page + count) * PAGE_SIZE <= vfs.archive_bytes);
	shared_pages += count;
	for (uint64_t i = 0; i < count; i++)
		memcpy(page_make(object_at(object), page + i), vfs.archive + (archive_page + i) * PAGE_SIZE,
		       PAGE_SIZE);
	return STATUS_OK;
}

static status_t host_read(uint32_t object, uint64_t offset, void *bytes, uint64_t count)
{
	struct host_object *host = object_at(object);

	assert(offset + count <= host->pages * PAGE_SIZE);
	for (uint64_t i = 0; i < count; i++) {
		const struct host_page *page = page_at(host, (offset + i) / PAGE_SIZE);

		((uint8_t *)bytes)[i] = page ? page->bytes[(offset + i) % PAGE_SIZE] : 0;
	}
	return STATUS_OK;
}

static status_t host_write(uint32_t object, uint64_t offset, const void *bytes, uint64_t count)
{
	struct host_object *host = object_at(object);

	if (fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	for (uint64_t i = 0; i < count; i++)
		page_make(host,
			  (offset + i) / PAGE_SIZE)[(offset + i) % PAGE_SIZE] = ((const uint8_t *)bytes)[i];
	return STATUS_OK;
}

static status_t host_discard(uint32_t object, uint64_t page, uint64_t count)
{
	drop_range(object_at(object), page, count);
	return STATUS_OK;
}

static status_t host_populate(uint32_t object, uint64_t page, uint64_t count)
{
	if (fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	for (uint64_t i = 0; i < count; i++)
		page_make(object_at(object), page + i);
	return STATUS_OK;
}

static status_t host_resident(uint32_t object, uint64_t *pages)
{
	*pages = object_at(object)->count;
	return STATUS_OK;
}

static status_t host_seek(uint32_t object, uint64_t page, bool hole, uint64_t *found)
{
	struct host_object *host = object_at(object);

	for (; page < host->pages; page++) {
		if ((page_at(host, page) == NULL) != hole)
			continue;
		*found = page;
		return STATUS_OK;
	}
	return STATUS_OUT_OF_RANGE;
}

static status_t host_window(uint64_t bytes, uint32_t *object, uint8_t **place)
{
	static _Alignas(8) uint8_t windows[2][VFS_WINDOW_BYTES];

	assert(bytes <= sizeof windows[0]);
	if (fails_now(&backing_countdown))
		return STATUS_NO_MEMORY;
	*object = OBJECTS_MAX + (bytes < VFS_WINDOW_BYTES);
	*place = windows[bytes < VFS_WINDOW_BYTES];
	return STATUS_OK;
}

const struct backing host_backing = {
	.create = host_create,
	.destroy = host_destroy,
	.resize = host_resize,
	.share_archive = host_share_archive,
	.read = host_read,
	.write = host_write,
	.discard = host_discard,
	.populate = host_populate,
	.resident = host_resident,
	.seek = host_seek,
	.window = host_window,
};
