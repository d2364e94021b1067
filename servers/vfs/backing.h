/* SPDX-License-Identifier: MIT */
/*
 * The memory objects that hold file contents, seen as a small table of operations, so that the work on files is tested on
 * the host without a kernel. kernel_backing.c asks the kernel; the unit tests keep pages in host memory.
 * Objects are anonymous: absent pages read as zeros. `object` is a handle value, never 0.
 */
#ifndef LICHEN_VFS_BACKING_H
#define LICHEN_VFS_BACKING_H

#include <stdbool.h>
#include "abi/status.h"
#include "abi/types.h"

struct backing {
	status_t (*create)(uint64_t pages, uint32_t *object); /* NO_MEMORY */
	void (*destroy)(uint32_t object);
	/* Pages beyond the new size are dropped; a last partial page is the caller's to clear. */
	status_t (*resize)(uint32_t object, uint64_t pages);
	/* The archive's pages appear in [page, page + count), copy-on-write. */
	status_t (*share_archive)(uint32_t object, uint64_t page, uint64_t archive_page, uint64_t count);
	status_t (*read)(uint32_t object, uint64_t offset, void *bytes, uint64_t count);
	status_t (*write)(uint32_t object, uint64_t offset, const void *bytes, uint64_t count);
	status_t (*discard)(uint32_t object, uint64_t page, uint64_t count);
	/* Makes all pages of the range present without changing what is there. */
	status_t (*populate)(uint32_t object, uint64_t page, uint64_t count);
	status_t (*resident)(uint32_t object, uint64_t *pages);
	/* First page at or above `page` that is present (or, with hole, absent); OUT_OF_RANGE: none in the object. */
	status_t (*seek)(uint32_t object, uint64_t page, bool hole, uint64_t *found);
	/* A new object that stays mapped at *place, its pages present. */
	status_t (*window)(uint64_t bytes, uint32_t *object, uint8_t **place);
};

#endif
