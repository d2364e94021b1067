/* SPDX-License-Identifier: MIT */
/*
 * The ring of told lines: one reader takes them out, whoever has a line puts it in.
 */
#ifndef LICHEN_PERSONALITY_STRACE_RING_H
#define LICHEN_PERSONALITY_STRACE_RING_H

#include <stdint.h>

/* Make it, once; -ENOMEM. */
int strace_ring_open(void);
/* A line with its newline. */
void strace_put(const char *line, uint64_t bytes);

#endif
