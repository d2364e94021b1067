/* SPDX-License-Identifier: MIT */
/*
 * RLIMIT_FSIZE: how far a file may grow (setrlimit(2)).
 */
#ifndef LICHEN_PERSONALITY_SIZE_LIMIT_H
#define LICHEN_PERSONALITY_SIZE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct thread;

/* A file would end at `end`, beyond the limit: SIGXFSZ was sent and the call answers EFBIG. */
bool size_limit_exceeded(struct thread *self, uint64_t end);
/* Bytes that a write at `offset` may still move: less than `bytes`, or 0 with the signal sent. */
uint64_t size_limit_clip(struct thread *self, uint64_t offset, uint64_t bytes);

#endif
