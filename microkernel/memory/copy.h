/* SPDX-License-Identifier: MIT */
/*
 * Copies between address spaces, objects and the kernel, a page at a time through the direct map.
 *
 * A copy goes on as far as it can: `done` says how far, and a copy that has to wait (PENDING) is called again with it.
 * Either side's missing pages are resolved as the side's own faults would be.
 */
#ifndef LICHEN_MEMORY_COPY_H
#define LICHEN_MEMORY_COPY_H

#include "memory/aspace.h"
#include "memory/object.h"

/* One end of a copy: an address space, an object or, with neither, kernel memory. */
struct copy_side {
	struct aspace *aspace;
	struct memory_object *object;
	uint64_t address; /* in the space, byte offset in the object, or kernel address */
	uint32_t flags;   /* TOUCH_* */
};

static inline struct copy_side copy_side_kernel(const void *memory)
{
	return (struct copy_side){ .address = (uintptr_t)memory };
}

static inline struct copy_side copy_side_space(struct aspace *aspace, uint64_t address)
{
	return (struct copy_side){ .aspace = aspace, .address = address };
}

static inline struct copy_side copy_side_object(struct memory_object *object, uint64_t offset)
{
	return (struct copy_side){ .object = object, .address = offset };
}

/* Copy on from *done up to `bytes`. OK: all; else why it stopped: BAD_ADDRESS, OUT_OF_RANGE (an object's end), NO_MEMORY,
   PAGER_ERROR, WOULD_BLOCK, DENIED, PENDING. */
status_t copy_run(const struct copy_side *to, const struct copy_side *from, uint64_t bytes, uint64_t *done);

/* Copy a string with its NUL; *length is without it. TOO_BIG when there is none in `max` bytes. */
status_t copy_string(const struct copy_side *to, const struct copy_side *from, uint64_t max,
		     uint64_t *length);

/* *old is the word before; the exchange is atomic. */
status_t copy_compare_exchange(struct aspace *aspace, uint64_t address, uint32_t expected, uint32_t desired,
			       uint32_t *old);

#endif
