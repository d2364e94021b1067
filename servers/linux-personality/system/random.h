/* SPDX-License-Identifier: MIT */
/*
 * The random pool behind getrandom(2) and /dev/urandom.
 */
#ifndef LICHEN_PERSONALITY_RANDOM_H
#define LICHEN_PERSONALITY_RANDOM_H

#include "file/file.h"

void random_fill(void *buffer, uint64_t bytes);
/* Bytes of unknown quality are stirred in; they never make the pool worse. */
void random_mix(const void *bytes, uint64_t count);
/* RND* ioctls of /dev/random. */
int64_t random_control(struct thread *self, struct file *file, uint32_t command, uint64_t argument);

#endif
