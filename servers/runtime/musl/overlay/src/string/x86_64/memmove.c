/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: overlapping copies with 64-bit moves. Upwards where the target lies below
 * the source, else downwards: a word is read whole before any of its bytes is overwritten.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

static void move_up(unsigned char *to, const unsigned char *from, size_t bytes)
{
	for (; bytes >= 8; bytes -= 8, to += 8, from += 8)
		*(word *)to = *(const word *)from;
	while (bytes-- != 0)
		*to++ = *from++;
}

static void move_down(unsigned char *to, const unsigned char *from, size_t bytes)
{
	for (; bytes >= 8; bytes -= 8)
		*(word *)(to + bytes - 8) = *(const word *)(from + bytes - 8);
	while (bytes-- != 0)
		to[bytes] = from[bytes];
}

void *memmove(void *target, const void *source, size_t bytes)
{
	uintptr_t to = (uintptr_t)target, from = (uintptr_t)source;

	if (to - from >= bytes && from - to >= bytes)
		return memcpy(target, source, bytes);
	if (to < from)
		move_up(target, source, bytes);
	else if (to > from)
		move_down(target, source, bytes);
	return target;
}
