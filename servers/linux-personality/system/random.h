/* SPDX-License-Identifier: MIT */
/*
 * The random pool behind getrandom(2) and /dev/urandom.
 *
 * A ChaCha20 stream whose key is replaced from its own output, and from whatever is mixed in, after each use. It is seeded at
 * start from the runtime's sources (the starter's seed, RDRAND, jitter), so it never blocks.
 */
#ifndef LICHEN_PERSONALITY_RANDOM_H
#define LICHEN_PERSONALITY_RANDOM_H

#include "file/file.h"

void pool_init(void);
/* Stir in what a hardware source gives at once; without a device nothing. */
void pool_seed(handle_t entropy);
void pool_fill(void *buffer, uint64_t bytes);
/* Bytes of unknown quality are stirred in; they never make the pool worse. */
void pool_mix(const void *bytes, uint64_t count);
/* RND* ioctls of /dev/random. */
int64_t pool_control(struct thread *self, struct file *file, uint32_t command, uint64_t argument);

#endif
