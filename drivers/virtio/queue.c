/* SPDX-License-Identifier: MIT */
/*
 * queue: see queue.h.
 */
#include "queue.h"

#include <string.h>

#define DESCRIPTOR_BYTES 16u
#define DESCRIPTOR_NEXT 1u
#define DESCRIPTOR_WRITE 2u
#define RING_HEAD_BYTES 4u /* flags, index */
#define USED_ENTRY_BYTES 8u
#define USED_NO_NOTIFY 1u
#define USED_ALIGNMENT 4u

size_t virtio_queue_available_offset(uint16_t size)
{
	return (size_t)size * DESCRIPTOR_BYTES;
}

size_t virtio_queue_used_offset(uint16_t size)
{
	size_t end = virtio_queue_available_offset(size) + RING_HEAD_BYTES + (size_t)size * 2 + 2;

	return (end + USED_ALIGNMENT - 1) / USED_ALIGNMENT * USED_ALIGNMENT;
}

size_t virtio_queue_bytes(uint16_t size)
{
	return virtio_queue_used_offset(size) + RING_HEAD_BYTES + (size_t)size * USED_ENTRY_BYTES + 2;
}

static void put16(volatile uint8_t *place, uint16_t value)
{
	*(volatile uint16_t *)(volatile void *)place = value;
}

static uint16_t get16(const volatile uint8_t *place)
{
	return *(const volatile uint16_t *)(const volatile void *)place;
}

static uint32_t get32(const volatile uint8_t *place)
{
	return *(const volatile uint32_t *)(const volatile void *)place;
}

status_t virtio_queue_start(struct virtio_queue *queue, void *memory, uint64_t physical, uint16_t size)
{
	memset(queue, 0, sizeof *queue);
	if (size == 0 || size > VIRTIO_QUEUE_MAX || (size & (size - 1)) != 0)
		return STATUS_INVALID;
	queue->descriptors = memory;
	queue->available = queue->descriptors + virtio_queue_available_offset(size);
	queue->used = queue->descriptors + virtio_queue_used_offset(size);
	queue->physical = physical;
	queue->size = size;
	queue->free_count = size;
	for (uint16_t i = 0; i < size; i++)
		queue->next[i] = (uint16_t)(i + 1);
	return STATUS_OK;
}

static void write_descriptor(const struct virtio_queue *queue, uint16_t index,
			     const struct virtio_piece *piece, uint16_t flags)
{
	volatile uint8_t *place = queue->descriptors + (size_t)index * DESCRIPTOR_BYTES;

	*(volatile uint64_t *)(volatile void *)place = piece->physical;
	*(volatile uint32_t *)(volatile void *)(place + 8) = piece->bytes;
	put16(place + 12, flags);
	put16(place + 14, (flags & DESCRIPTOR_NEXT) ? queue->next[index] : 0);
}

static status_t check_request(const struct virtio_queue *queue, const struct virtio_piece *pieces,
			      uint16_t count, uint16_t readable)
{
	uint64_t writable = 0;

	if (queue->broken)
		return STATUS_CORRUPT;
	if (count == 0 || readable > count)
		return STATUS_INVALID;
	for (uint16_t i = 0; i < count; i++) {
		writable += i >= readable ? pieces[i].bytes : 0;
		if (pieces[i].bytes == 0 || writable > UINT32_MAX)
			return STATUS_INVALID;
	}
	return count > queue->free_count ? STATUS_BUSY : STATUS_OK;
}

/* The descriptors of the free list's start become the request's chain. */
static void fill_chain(struct virtio_queue *queue, const struct virtio_piece *pieces, uint16_t count,
		       uint16_t readable)
{
	struct virtio_request *request = &queue->requests[queue->first_free];
	uint16_t index = queue->first_free;

	for (uint16_t i = 0; i < count; i++) {
		uint16_t flags = (uint16_t)((i + 1 < count ? DESCRIPTOR_NEXT : 0) |
					    (i >= readable ? DESCRIPTOR_WRITE : 0));

		write_descriptor(queue, index, &pieces[i], flags);
		request->writable += i >= readable ? pieces[i].bytes : 0;
		index = queue->next[index];
	}
	queue->first_free = index;
	queue->free_count = (uint16_t)(queue->free_count - count);
}

status_t virtio_queue_add(struct virtio_queue *queue, const struct virtio_piece *pieces, uint16_t count,
			  uint16_t readable, uint32_t cookie)
{
	status_code_t status = check_request(queue, pieces, count, readable);
	uint16_t head = queue->first_free;

	if (status != STATUS_OK)
		return status;
	queue->requests[head] = (struct virtio_request){ .cookie = cookie, .count = count };
	fill_chain(queue, pieces, count, readable);
	put16(queue->available + RING_HEAD_BYTES + (size_t)(queue->added % queue->size) * 2, head);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	queue->added++;
	queue->in_flight++;
	put16(queue->available + 2, queue->added);
	return STATUS_OK;
}

bool virtio_queue_wants_notice(const struct virtio_queue *queue)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return !(get16(queue->used) & USED_NO_NOTIFY);
}

static void release(struct virtio_queue *queue, uint16_t head)
{
	struct virtio_request *request = &queue->requests[head];
	uint16_t last = head;

	for (uint16_t i = 1; i < request->count; i++)
		last = queue->next[last];
	queue->next[last] = queue->first_free;
	queue->first_free = head;
	queue->free_count = (uint16_t)(queue->free_count + request->count);
	queue->in_flight--;
	request->count = 0;
}

static status_t break_queue(struct virtio_queue *queue)
{
	queue->broken = true;
	return STATUS_CORRUPT;
}

status_t virtio_queue_take(struct virtio_queue *queue, uint32_t *cookie, uint32_t *bytes)
{
	const volatile uint8_t *entry = queue->used + RING_HEAD_BYTES +
					(size_t)(queue->taken % queue->size) * USED_ENTRY_BYTES;
	uint16_t ready = (uint16_t)(get16(queue->used + 2) - queue->taken);
	uint32_t head, length;

	if (queue->broken)
		return STATUS_CORRUPT;
	if (ready == 0)
		return STATUS_NOT_FOUND;
	if (ready > queue->in_flight)
		return break_queue(queue);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	head = get32(entry);
	length = get32(entry + 4);
	if (head >= queue->size || queue->requests[head].count == 0 ||
	    length > queue->requests[head].writable)
		return break_queue(queue);
	*cookie = queue->requests[head].cookie;
	*bytes = length;
	queue->taken++;
	release(queue, (uint16_t)head);
	return STATUS_OK;
}
