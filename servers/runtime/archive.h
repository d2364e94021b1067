/* SPDX-License-Identifier: MIT */
/*
 * archive: reads a newc cpio archive ("070701") in memory, entry by entry. Read-only, no allocation; every number and
 * length of the archive is checked before it is used. What is cut short or makes no sense is CORRUPT.
 *
 * A name field may hold more NULs than one behind the name: the image builder pads with them so that file data
 * starts on a page. The entry "TRAILER!!!" ends the archive; without one it is CORRUPT.
 */
#ifndef LICHEN_RUNTIME_ARCHIVE_H
#define LICHEN_RUNTIME_ARCHIVE_H

#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

struct archive {
	const uint8_t *bytes;
	size_t size;
};

struct archive_entry {
	const char *name; /* in the archive, NUL-terminated; without "./" and "/" at its start */
	uint32_t inode, mode, user, group, links, modified;
	uint32_t device_major, device_minor; /* that the inode number belongs to */
	uint32_t node_major, node_minor;     /* of a device node */
	size_t data_offset;                  /* in the archive */
	size_t data_bytes;
};

/* The entry at *position (0: the first), which then names the next one. NOT_FOUND at the end (data_offset is then what lies
   behind the trailer: another archive may follow), CORRUPT. */
status_t archive_next(const struct archive *archive, size_t *position, struct archive_entry *entry);
/* The entry with this name; a leading "/" does not matter. NOT_FOUND, CORRUPT. */
status_t archive_find(const struct archive *archive, const char *name, struct archive_entry *entry);

#endif
