/* SPDX-License-Identifier: MIT */
/*
 * Telling parents what became of their children.
 */
#ifndef LICHEN_PERSONALITY_NOTIFY_H
#define LICHEN_PERSONALITY_NOTIFY_H

#include "process/process.h"

/* A child stopped, continued or (through process_notify_exit) ended: SIGCHLD as the parent's disposition says, and its waiters
   are woken. `code` is CLD_*. T held. */
void process_notify_parent(struct process *child, int code, int32_t status);
/* A child ended. true: the parent does not want a zombie. T held. */
bool process_notify_exit(struct process *child);

/* The wait status split as siginfo shows it. */
static inline int wait_status_code(uint32_t status)
{
	if (!(status & 0x7f))
		return 1; /* CLD_EXITED */
	return status & 0x80 ? 3 : 2;
}

static inline int32_t wait_status_value(uint32_t status)
{
	return status & 0x7f ? (int32_t)(status & 0x7f) : (int32_t)(status >> 8 & 0xff);
}

#endif
