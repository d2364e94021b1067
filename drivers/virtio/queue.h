/* SPDX-License-Identifier: MIT */
/*
 * queue: a split virtqueue (virtio 1.1, chapter 2.6) in memory that the device can write. Pure: it touches that memory only.
 *
 *  1. Nothing that the device can write is used as an index or a length before it was checked. Descriptors are written,
 *     never read back; which are free, and what each request may be answered, is kept in the driver's own memory.
 *  2. A device that answers what it was not asked, more than it was given, or twice, breaks the queue: it is not used
 *     again before it is started anew on a device that was reset.
 *  3. Between virtio_queue_add and the answer, a request's memory is the device's.
 */
#ifndef LICHEN_VIRTIO_QUEUE_H
#define LICHEN_VIRTIO_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

#define VIRTIO_QUEUE_MAX 256u /* descriptors */

struct virtio_piece {
	uint64_t physical;
	uint32_t bytes;
};

struct virtio_request {
	uint32_t cookie;
	uint32_t writable; /* bytes that the device may write, and so answer */
	uint16_t count;    /* descriptors, 0: the descriptor starts no request */
};

struct virtio_queue {
	volatile uint8_t *descriptors, *available, *used; /* in memory shared with the device */
	uint64_t physical;                                /* of descriptors; the others lie behind them */
	uint16_t size;
	uint16_t index;        /* on the device, see device.h */
	uint16_t added, taken; /* positions in the available and the used ring */
	uint16_t free_count, first_free;
	uint16_t in_flight; /* requests that the device has */
	bool broken;
	volatile uint8_t *doorbell;
	uint16_t next[VIRTIO_QUEUE_MAX]; /* of a chain, or of the free list */
	struct virtio_request requests[VIRTIO_QUEUE_MAX];
};

/* Memory that a queue takes, at a page boundary. */
size_t virtio_queue_bytes(uint16_t size);
/* Where in it the rings lie. */
size_t virtio_queue_available_offset(uint16_t size);
size_t virtio_queue_used_offset(uint16_t size);

/* Over zeroed memory of that many bytes. INVALID: the size is no power of two, or more than VIRTIO_QUEUE_MAX. */
status_t virtio_queue_start(struct virtio_queue *queue, void *memory, uint64_t physical, uint16_t size);
/* Gives a request to the device: the first `readable` pieces to read, the others to write. BUSY: not enough descriptors are
   free; INVALID: no pieces, or an empty one; CORRUPT: broken. */
status_t virtio_queue_add(struct virtio_queue *queue, const struct virtio_piece *pieces, uint16_t count,
			  uint16_t readable, uint32_t cookie);
/* The device wants to be told of what was added. */
bool virtio_queue_wants_notice(const struct virtio_queue *queue);
/* The next answer: the request's cookie and how many bytes were written. NOT_FOUND: none yet; CORRUPT: broken. */
status_t virtio_queue_take(struct virtio_queue *queue, uint32_t *cookie, uint32_t *bytes);

#endif
