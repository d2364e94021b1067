/* SPDX-License-Identifier: MIT */
/*
 * Frame descriptors: one for each physical page up to the end of RAM.
 *
 * A frame is free (in the buddy lists or the stack of recently freed frames), in use, or reserved (firmware, kernel image:
 * one reference that never goes). References count the holders: an object's index, a private page-table entry, a pin. A
 * page-table entry that maps an object's page holds none: the object finds its mappings through its regions.
 * In a frame that holds a page table `used` counts the entries that are not 0; else it counts pins.
 */
#ifndef LICHEN_MEMORY_FRAME_H
#define LICHEN_MEMORY_FRAME_H

#include "memory/memory.h"

#define FRAME_ORDERS 15 /* largest free block: 2^14 pages, 64 MB */

#define FRAME_FREE 0x1u     /* first frame of a free block of the buddy lists */
#define FRAME_RESERVED 0x2u /* never given out */

struct frame {
	union {
		uint32_t references; /* 0: free */
		uint32_t next_dead;  /* frame number, while a TLB batch holds it before the flush */
	};
	union {
		uint16_t pins;
		uint16_t used;
	};
	uint8_t order; /* of a free block */
	uint8_t flags; /* FRAME_* */
	union {
		struct account *account; /* in use: whom it is charged to, referenced; NULL: the kernel */
		struct {
			uint32_t next, previous; /* free block: frame numbers in its list, 0 ends it */
		};
	};
};
_Static_assert(sizeof(struct frame) == 16, "descriptors cost 16 bytes a page");

extern struct frame *frames; /* by frame number */
extern uint64_t frame_limit; /* descriptors */

static inline uint64_t frame_number(const struct frame *frame)
{
	return (uint64_t)(frame - frames);
}

/* Descriptor of a physical address in RAM. */
static inline struct frame *frame_at(uint64_t address)
{
	return &frames[address >> PAGE_SHIFT];
}

/* More than one holder besides pins: a write must copy first. */
static inline bool frame_shared(const struct frame *frame)
{
	return frame->references - frame->pins > 1;
}

/* Take the descriptor array into use; every frame is reserved until frames_add. */
void frames_init(struct frame *array, uint64_t count);
/* Give a range of reserved frames to the allocator. */
void frames_add(uint64_t first, uint64_t count);

/* Charge one more account instead of the present one; false: refused, nothing changed. */
bool frame_recharge(struct frame *frame, struct account *account);
void frame_pin(struct frame *frame);
/* Drop a reference; true when it was the last one and the caller must frame_free it after flushing. */
bool frame_drop(struct frame *frame);
void frame_free(struct frame *frame);

#endif
