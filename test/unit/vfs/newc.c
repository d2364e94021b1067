/* SPDX-License-Identifier: MIT */
/*
 * Builds newc archives for the tests, independently of the code that reads them.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "harness.h"

#define HEADER_BYTES 110u

static void put(struct newc *newc, const void *bytes, size_t count)
{
	if (newc->used + count > newc->capacity) {
		newc->capacity = (newc->used + count) * 2;
		newc->bytes = realloc(newc->bytes, newc->capacity);
		assert(newc->bytes);
	}
	if (bytes)
		memcpy(newc->bytes + newc->used, bytes, count);
	else
		memset(newc->bytes + newc->used, 0, count);
	newc->used += count;
}

static void align(struct newc *newc, size_t unit)
{
	put(newc, NULL, (unit - newc->used % unit) % unit);
}

static void put_header(struct newc *newc, const struct newc_entry *entry, size_t name_bytes)
{
	char header[HEADER_BYTES + 1];

	snprintf(header, sizeof header, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x",
		 entry->inode, entry->mode, entry->user, entry->group, entry->links, entry->modified,
		 (unsigned)entry->data_bytes, 0u, 0u, entry->node_major, entry->node_minor,
		 (unsigned)name_bytes, 0u);
	put(newc, header, HEADER_BYTES);
}

void newc_add(struct newc *newc, const struct newc_entry *entry)
{
	size_t name_bytes = strlen(entry->name) + 1, end = newc->used + HEADER_BYTES + name_bytes;

	if (entry->align_data)
		name_bytes += (PAGE_SIZE - end % PAGE_SIZE) % PAGE_SIZE;
	put_header(newc, entry, name_bytes);
	put(newc, entry->name, strlen(entry->name));
	put(newc, NULL, name_bytes - strlen(entry->name));
	align(newc, 4);
	put(newc, entry->data, entry->data_bytes);
	align(newc, 4);
}

void newc_file(struct newc *newc, const char *name, const void *data, size_t bytes)
{
	newc_add(newc, &(struct newc_entry){ .name = name,
					     .mode = 0100644,
					     .links = 1,
					     .modified = 77,
					     .data = data,
					     .data_bytes = bytes });
}

void newc_directory(struct newc *newc, const char *name)
{
	newc_add(newc, &(struct newc_entry){ .name = name, .mode = 040755, .links = 2, .modified = 88 });
}

void newc_end(struct newc *newc)
{
	newc_add(newc, &(struct newc_entry){ .name = "TRAILER!!!", .links = 1 });
	align(newc, 512);
}

void newc_free(struct newc *newc)
{
	free(newc->bytes);
	*newc = (struct newc){ 0 };
}
