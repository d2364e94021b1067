/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: copies with 64-bit moves, which an emulated CPU does faster than string
 * instructions, and without the FPU. The last words overlap what was copied before instead of going byte by byte.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

static void copy_small(unsigned char *to, const unsigned char *from, size_t bytes)
{
	while (bytes-- != 0)
		*to++ = *from++;
}

static inline void copy_line(word *to, const word *from)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
	uint64_t e = from[4], f = from[5], g = from[6], h = from[7];

	to[0] = a;
	to[1] = b;
	to[2] = c;
	to[3] = d;
	to[4] = e;
	to[5] = f;
	to[6] = g;
	to[7] = h;
}

void *memcpy(void *restrict target, const void *restrict source, size_t bytes)
{
	unsigned char *to = target;
	const unsigned char *from = source;

	if (bytes < 8) {
		copy_small(to, from, bytes);
		return target;
	}
	for (; bytes >= 64; bytes -= 64, to += 64, from += 64)
		copy_line((word *)to, (const word *)from);
	for (; bytes >= 8; bytes -= 8, to += 8, from += 8)
		*(word *)to = *(const word *)from;
	if (bytes != 0)
		*(word *)(to + bytes - 8) = *(const word *)(from + bytes - 8);
	return target;
}
