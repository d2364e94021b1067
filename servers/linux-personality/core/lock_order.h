/* SPDX-License-Identifier: MIT */
/*
 * Checks of the lock order: what lock.c tells the log, and what a thread that starts over or sleeps asks for.
 */
#ifndef LICHEN_PERSONALITY_LOCK_ORDER_H
#define LICHEN_PERSONALITY_LOCK_ORDER_H

#include <stdint.h>

/* One line for the log: a lock of `rank` was taken, or `what` was done (rank 0), with the ranks in `held` held. */
void lock_order_report(const char *what, uint32_t rank, uint32_t held, uint64_t caller);
/* Report if the calling thread holds any ranked lock. */
void lock_check_none(const char *what);
/* A thread enters on an empty stack: it holds nothing. */
void lock_forget_held(void);

#endif
