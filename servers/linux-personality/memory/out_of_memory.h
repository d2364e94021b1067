/* SPDX-License-Identifier: MIT */
/*
 * What happens when guests find no memory: the kernel parks them and tells us, one process is killed, the others go on.
 */
#ifndef LICHEN_PERSONALITY_OUT_OF_MEMORY_H
#define LICHEN_PERSONALITY_OUT_OF_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

struct aspace_info;

#define OOM_ADJUST_MIN (-1000) /* never killed */
#define OOM_ADJUST_MAX 1000

/* How much of the machine's `total` pages a process's end would free, in pages, moved by its adjustment (proc(5)). */
int64_t out_of_memory_points(const struct aspace_info *info, int32_t adjust, uint64_t total);

/* Linux's heuristic for one request (proc(5), overcommit_memory): more than all memory of the machine is refused, unless
   the setting is 1. */
bool memory_is_too_much(uint64_t bytes);

/* Start the service, before the first process: 0 or -errno. */
int out_of_memory_start(void);

#endif
