/* SPDX-License-Identifier: MIT */
/*
 * Native stacks for Linux threads, with the libc's thread area and the message page in the same block.
 *
 * A block, upwards: unmapped guard, 32 KiB of stack with the TLS image and the libc's thread structure at its top, one message
 * page.
 * Native memory, not the arena: a new instance of this server makes new ones. Blocks are kept for reuse.
 */
#ifndef LICHEN_PERSONALITY_STACK_POOL_H
#define LICHEN_PERSONALITY_STACK_POOL_H

#include <stdint.h>

struct message_page;

struct native_stack {
	struct native_stack *next_free;
	uint64_t top; /* 16-byte aligned: what the thread starts with */
	uint64_t tls; /* fs base */
	struct message_page *message_page;
};

/* NULL without memory. */
struct native_stack *stack_pool_get(void);
/* The thread that used it is dead in the kernel's eyes, or never ran. */
void stack_pool_put(struct native_stack *stack);

#endif
