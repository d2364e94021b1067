/* SPDX-License-Identifier: MIT */
/*
 * /proc/lichen/trace, strace and gaps: which processes are told call by call, what was told, what programs did not get.
 */
#ifndef LICHEN_PERSONALITY_LICHEN_TRACE_H
#define LICHEN_PERSONALITY_LICHEN_TRACE_H

#include "proc/node.h"

int show_gaps(struct request *request, struct text *out);
/* A line for each process that is told: its number and whether its children are. */
int show_trace(struct request *request, struct text *out);
/* "PID", "PID +children", "PID off"; "fpu on", "fpu off" for reports. -EINVAL, -ESRCH, -ENOMEM */
int64_t store_trace(struct request *request, char *bytes, uint64_t count);
/* What was told since the last read, in whole lines; nothing more: end of file, for now. */
int64_t strace_read(struct request *request, struct content *content, struct guest_iter *iter,
		    uint64_t *offset);

#endif
