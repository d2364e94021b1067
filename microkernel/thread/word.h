/* SPDX-License-Identifier: MIT */
/*
 * The queues behind word_wait, word_wake and word_requeue. Keys come from aspace_word.
 */
#ifndef LICHEN_THREAD_WORD_H
#define LICHEN_THREAD_WORD_H

#include "thread/thread.h"

void word_init(void);
/* Queue a thread that is about to block with WAIT_WORD. */
void word_enqueue(struct thread *thread, const uint64_t key[2], uint32_t bitset);
/* Wake at most `count` waiters whose bitset meets, oldest first; answers how many. */
uint32_t word_wake(const uint64_t key[2], uint32_t count, uint32_t bitset);
/* Move at most `count` waiters to the end of another word's queue; answers how many. */
uint32_t word_requeue(const uint64_t from[2], const uint64_t to[2], uint32_t count);

#endif
