/* SPDX-License-Identifier: MIT */
/*
 * The kernel heap.
 *
 * A slab is one frame: a header of 64 bytes, then blocks of one size class. Slabs with free blocks are in their class's
 * list; a slab that becomes empty goes back to the frame allocator, except the last one of its class. Larger sizes are
 * runs of whole frames. The holder remembers the size and the account. The frames are the kernel's own; accounts are charged
 * for the bytes in use. Under the kernel lock.
 */

#include "debug/log.h"
#include "memory/frame.h"
#include "object/object.h"
#include "structure/bytes.h"
#include "structure/list.h"

#define SLAB_HEADER 64u
#define CLASS_COUNT 17u

static const uint16_t class_bytes[CLASS_COUNT] = { 16,  32,  48,  64,  96,  128, 192,  256, 320,
						   384, 448, 512, 576, 768, 960, 1344, 1984 };

struct block {
	struct block *next;
};

struct slab {
	struct list_node link; /* in `partial` of its class; unlinked when full */
	struct block *free;
	uint16_t used;
	uint16_t class;
};
_Static_assert(sizeof(struct slab) <= SLAB_HEADER, "the header fits");

struct slab_class {
	struct list_node partial;
	uint32_t slabs;
};
static struct slab_class classes[CLASS_COUNT];

static unsigned class_for(size_t bytes)
{
	unsigned class = 0;
	while (class < CLASS_COUNT && class_bytes[class] < bytes)
		class ++;
	return class;
}

static struct slab *slab_create(unsigned class)
{
	struct frame *frame = frame_allocate(NULL);
	if (!frame)
		return NULL;
	struct slab *slab = frame_data(frame);
	memset(slab, 0, sizeof *slab);
	slab->class = (uint16_t) class;
	for (size_t at = SLAB_HEADER; at + class_bytes[class] <= PAGE_SIZE; at += class_bytes[class]) {
		struct block *block = (struct block *)(void *)((char *)slab + at);
		block->next = slab->free;
		slab->free = block;
	}
	list_append(&classes[class].partial, &slab->link);
	classes[class].slabs++;
	return slab;
}

static struct slab *slab_with_room(unsigned class)
{
	struct list_node *partial = &classes[class].partial;
	if (!partial->next)
		list_init(partial);
	if (list_empty(partial))
		return slab_create(class);
	return list_entry(partial->next, struct slab, link);
}

static void *block_allocate(unsigned class)
{
	struct slab *slab = slab_with_room(class);
	if (!slab)
		return NULL;
	struct block *block = slab->free;
	slab->free = block->next;
	slab->used++;
	if (!slab->free)
		list_remove(&slab->link);
	return memset(block, 0, class_bytes[class]);
}

static void block_free(struct block *block)
{
	struct slab *slab = (struct slab *)((uintptr_t)block & ~(uintptr_t)(PAGE_SIZE - 1));
	struct slab_class *class = &classes[slab->class];
	kernel_assert(slab->used);
	if (!slab->free)
		list_insert_before(class->partial.next, &slab->link);
	block->next = slab->free;
	slab->free = block;
	if (--slab->used == 0 && class->slabs > 1) {
		class->slabs--;
		list_remove(&slab->link);
		frame_put(frame_at((uintptr_t)slab - DIRECT_MAP_BASE));
	}
}

static void *pages_allocate(uint64_t count)
{
	struct frame *first = frame_allocate_run(count, NULL);
	if (!first)
		return NULL;
	for (uint64_t i = 0; i < count; i++)
		page_clear(frame_data(first + i));
	return frame_data(first);
}

/* What a size takes of the heap. */
static uint64_t heap_bytes(size_t bytes)
{
	unsigned class = class_for(bytes);
	return class < CLASS_COUNT ? class_bytes[class] : page_up(bytes);
}

void *kernel_allocate(size_t bytes, struct account *account)
{
	if (!account_charge_heap(account, heap_bytes(bytes)))
		return NULL;
	unsigned class = class_for(bytes);
	void *memory = class < CLASS_COUNT ? block_allocate(class) : pages_allocate(pages_for(bytes));
	if (!memory)
		account_uncharge_heap(account, heap_bytes(bytes));
	return memory;
}

static void pages_free(void *memory, uint64_t count)
{
	struct frame *first = frame_at((uintptr_t)memory - DIRECT_MAP_BASE);
	for (uint64_t i = 0; i < count; i++)
		frame_put(first + i);
}

void kernel_free(void *memory, size_t bytes, struct account *account)
{
	if (!memory)
		return;
	if (class_for(bytes) < CLASS_COUNT)
		block_free(memory);
	else
		pages_free(memory, pages_for(bytes));
	account_uncharge_heap(account, heap_bytes(bytes));
}
