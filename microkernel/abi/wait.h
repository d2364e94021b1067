/* SPDX-License-Identifier: MIT */
/*
 * Waiting on a 32-bit word: the native domains' own waits and the guests' futexes share the kernel's queues.
 *
 * A queue is named by (address space, address), or by (object, offset) for WAIT_SHARED on a region that maps an
 * object shared. The word is compared after the waiter is queued, under the kernel lock, so no wake is lost.
 */
#ifndef LICHEN_ABI_WAIT_H
#define LICHEN_ABI_WAIT_H

#define WAIT_GUEST 0x1u /* the address is in the caller's guest address space */
#define WAIT_SHARED                                                                                          \
	0x2u /* name the queue by object and offset where the region is shared; elsewhere a queue of its own */
#define WAIT_INTERRUPTIBLE 0x4u /* a kick ends it with INTERRUPTED (a latched one at once) */
#define WAIT_KILLABLE 0x8u      /* a kill ends it with KILLED; implied by INTERRUPTIBLE */

#define WAIT_ANY 0xffffffffu /* bitset that matches every wake */

/* Argument of word_requeue. */
struct requeue_request {
	unsigned long from, to; /* addresses */
	unsigned wake;          /* at most so many are woken ... */
	unsigned requeue;       /* ... and so many moved */
	unsigned expected;      /* compared with the word at `from` when compare is not 0 */
	unsigned compare;
	unsigned flags; /* WAIT_GUEST, WAIT_SHARED */
};

/* thread_kick */
enum kick { KICK_SIGNAL = 1, KICK_KILL = 2 };

#endif
