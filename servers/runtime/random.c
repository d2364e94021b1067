/* SPDX-License-Identifier: MIT */
/*
 * random: the ChaCha20 stream (RFC 8439, section 2.3). After each request the rest of the block is thrown away, so
 * that what was given out does not stay in memory.
 */
#include "runtime/random.h"

#include <string.h>

static uint32_t rotated(uint32_t value, unsigned bits)
{
	return value << bits | value >> (32 - bits);
}

static void quarter_round(uint32_t *s, unsigned a, unsigned b, unsigned c, unsigned d)
{
	s[a] += s[b];
	s[d] = rotated(s[d] ^ s[a], 16);
	s[c] += s[d];
	s[b] = rotated(s[b] ^ s[c], 12);
	s[a] += s[b];
	s[d] = rotated(s[d] ^ s[a], 8);
	s[c] += s[d];
	s[b] = rotated(s[b] ^ s[c], 7);
}

static void double_round(uint32_t *s)
{
	quarter_round(s, 0, 4, 8, 12);
	quarter_round(s, 1, 5, 9, 13);
	quarter_round(s, 2, 6, 10, 14);
	quarter_round(s, 3, 7, 11, 15);
	quarter_round(s, 0, 5, 10, 15);
	quarter_round(s, 1, 6, 11, 12);
	quarter_round(s, 2, 7, 8, 13);
	quarter_round(s, 3, 4, 9, 14);
}

static void next_block(struct random_stream *stream)
{
	uint32_t work[16];

	memcpy(work, stream->state, sizeof work);
	for (int i = 0; i < 10; i++)
		double_round(work);
	for (int i = 0; i < 16; i++)
		work[i] += stream->state[i];
	memcpy(stream->block, work, sizeof work);
	stream->used = 0;
	stream->state[12]++;
	stream->state[13] += stream->state[12] == 0;
}

void random_start(struct random_stream *stream, const uint8_t key[32])
{
	static const uint32_t constants[4] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

	memset(stream, 0, sizeof *stream);
	memcpy(stream->state, constants, sizeof constants);
	memcpy(stream->state + 4, key, 32);
	stream->used = sizeof stream->block;
}

void random_take(struct random_stream *stream, void *buffer, size_t bytes)
{
	uint8_t *to = buffer;

	while (bytes != 0) {
		if (stream->used == sizeof stream->block)
			next_block(stream);
		size_t piece = sizeof stream->block - stream->used;
		if (piece > bytes)
			piece = bytes;
		memcpy(to, stream->block + stream->used, piece);
		memset(stream->block + stream->used, 0, piece);
		stream->used += (uint32_t)piece;
		to += piece;
		bytes -= piece;
	}
}
