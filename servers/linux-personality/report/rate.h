/* SPDX-License-Identifier: MIT */
/*
 * How many reports a process tree may write: a loop of crashes does not flood the log.
 */
#ifndef LICHEN_PERSONALITY_REPORT_RATE_H
#define LICHEN_PERSONALITY_REPORT_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct process;

/* May the process write a report now. `omitted`: how many of its tree's were left out since its last one, from `since_ns` on. */
bool report_allowed(struct process *process, uint32_t *omitted, uint64_t *since_ns);

#endif
