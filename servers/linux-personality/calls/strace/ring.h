/* SPDX-License-Identifier: MIT */
/*
 * The ring of told lines: one reader takes them out, whoever has a line puts it in.
 */
#ifndef LICHEN_PERSONALITY_STRACE_RING_H
#define LICHEN_PERSONALITY_STRACE_RING_H

#include <stdint.h>
#include "runtime/format.h"

/* Make it, once; -ENOMEM. */
int strace_ring_open(void);
/* A line, without its newline. */
void strace_put(const struct format_buffer *line);
/* A thread's line that goes on later: strace_end continues it, or, when another one's came in between, begins a new line with
   `resumed`. One line of each thread at a time. */
void strace_begin(int32_t tid, const char *text, uint64_t bytes);
void strace_end(int32_t tid, const struct format_buffer *resumed, const struct format_buffer *rest);
/* A line that could not even be made. */
void strace_count_lost(void);

#endif
