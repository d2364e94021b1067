/* SPDX-License-Identifier: MIT */
/*
 * Resource limits of a process.
 */
#ifndef LICHEN_PERSONALITY_LIMITS_H
#define LICHEN_PERSONALITY_LIMITS_H

#include "process/process.h"

/* The first process's, as Linux starts it. */
void limits_init(struct rlimit_pair limits[RLIMIT_COUNT]);
void limits_set_threads(struct rlimit_pair limits[RLIMIT_COUNT], uint64_t memory_bytes);
/* setrlimit's rules: 0, -EINVAL, -EPERM. Pure. */
int limits_check(const struct rlimit_pair *old, const struct rlimit_pair *fresh, uint32_t resource,
		 bool capable);

#endif
