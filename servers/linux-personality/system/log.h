/* SPDX-License-Identifier: MIT */
/*
 * The kernel log for guests.
 */
#ifndef LICHEN_PERSONALITY_LOG_H
#define LICHEN_PERSONALITY_LOG_H

#include "abi/types.h"
#include "core/wait.h"

struct thread;

void system_log_init(handle_t system);

/* Who waits for more text; writers wake them. */
extern struct wait_queue log_readers;
/* Bytes from a position of the ring on, at most `bytes`; the position moves behind them, first to the oldest text that the ring
   still has. -errno. */
int64_t log_ring_read(uint64_t *position, void *buffer, uint64_t bytes);
/* The position behind all text. */
uint64_t log_end(void);
/* How many bytes of the ring lie behind a position. */
uint64_t log_unread(uint64_t position);
/* Where SYSLOG_CLEAR was called last. */
uint64_t log_cleared(void);
/* Sleep until there is text behind the position: 0, or -ERESTARTSYS. */
int log_wait(struct thread *self, uint64_t position);

#endif
