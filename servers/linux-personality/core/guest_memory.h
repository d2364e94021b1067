/* SPDX-License-Identifier: MIT */
/*
 * The one place of the personality that turns guest addresses into bytes.
 *
 * All functions act on the calling thread's guest space, resolve faults like the guest itself, and answer 0, a count,
 * or -EFAULT. A guest copy is a wait: no ranked lock is held. Copy first, then check the copy: what was copied in is
 * never read again. A killed copy answers -EINTR; the thread then dies at the boundary.
 */
#ifndef LICHEN_PERSONALITY_GUEST_MEMORY_H
#define LICHEN_PERSONALITY_GUEST_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/types.h"

struct thread;

#define GUEST_USER_LIMIT 0x7ffffffff000ull

static inline gaddr_t gaddr_add(gaddr_t address, uint64_t bytes)
{
	return (gaddr_t){ address.value + bytes };
}

int guest_read(void *destination, gaddr_t source, size_t bytes);
int guest_write(gaddr_t destination, const void *source, size_t bytes);
int guest_clear(gaddr_t destination, size_t bytes);
/* Length without NUL, -EFAULT, or -ENAMETOOLONG when there is no NUL within `max` bytes (NUL included). */
int64_t guest_read_string(char *destination, gaddr_t source, size_t max);
int guest_compare_exchange(gaddr_t address, uint32_t expected, uint32_t desired, uint32_t *old);

/* The same on another process's space (ptrace, /proc/PID/mem, exec's new image). */
int space_read(handle_t aspace, void *destination, gaddr_t source, size_t bytes);
int space_write(handle_t aspace, gaddr_t destination, const void *source, size_t bytes);

/* A list of guest buffers with a position in it: what read, write and their relatives move data through. */
#define ITER_SEGMENTS_INLINE 8
struct guest_segment {
	gaddr_t base;
	uint64_t length;
};
struct guest_iter {
	struct guest_segment inline_segments[ITER_SEGMENTS_INLINE];
	struct guest_segment *segments; /* inline, or allocated for more (iter_free) */
	uint32_t count, index;
	uint64_t offset;    /* into segments[index] */
	uint64_t remaining; /* bytes left in all */
	bool append;        /* a write goes to the file's end, whatever the offset */
	void *kernel; /* not NULL: the data is in our own memory (sendfile, splice, exec), segments unused */
};

void iter_init_buffer(struct guest_iter *iter, gaddr_t base, uint64_t length);
void iter_init_kernel(struct guest_iter *iter, void *buffer, uint64_t length);
/* From a guest's iovec array: -EFAULT, -EINVAL (count above 1024, negative length, sum too big), -ENOMEM. */
int iter_init_vector(struct guest_iter *iter, gaddr_t vector, uint64_t count);
void iter_free(struct guest_iter *iter);
/* Move up to `bytes` (at most iter->remaining) and advance; answer bytes moved, -EFAULT when none was. */
int64_t iter_to_guest(struct guest_iter *iter, const void *source, uint64_t bytes);
int64_t iter_from_guest(struct guest_iter *iter, void *destination, uint64_t bytes);
int64_t iter_zero_guest(struct guest_iter *iter, uint64_t bytes);
/* Between the guest and a memory object at a byte offset: no copy through the personality. */
int64_t iter_object_to_guest(struct guest_iter *iter, handle_t object, uint64_t offset, uint64_t bytes);
int64_t iter_guest_to_object(struct guest_iter *iter, handle_t object, uint64_t offset, uint64_t bytes);

#endif
