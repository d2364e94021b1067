/* SPDX-License-Identifier: MIT */
/*
 * random: a ChaCha20 stream for a native program's own needs (seeds of hash tables, libc's getrandom). The key is made
 * of the seed that the starter gave, RDRAND where the CPU has it, and jitter of the time stamp counter. Guests'
 * random numbers come from elsewhere.
 */
#ifndef LICHEN_RUNTIME_RANDOM_H
#define LICHEN_RUNTIME_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct random_stream {
	uint32_t state[16]; /* constants, key, block counter, nonce */
	uint8_t block[64];
	uint32_t used; /* bytes of the block that were given out */
};

/* A stream with this key. */
void random_start(struct random_stream *stream, const uint8_t key[32]);
void random_take(struct random_stream *stream, void *buffer, size_t bytes);

/* The program's own stream, seeded at first use; any thread. */
void random_fill(void *buffer, size_t bytes);

#endif
