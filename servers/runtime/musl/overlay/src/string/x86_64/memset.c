/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: fills with 64-bit stores.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

void *memset(void *target, int byte, size_t bytes)
{
	unsigned char *to = target;
	uint64_t pattern = (unsigned char)byte * 0x0101010101010101u;

	if (bytes < 8) {
		while (bytes-- != 0)
			*to++ = (unsigned char)byte;
		return target;
	}
	*(word *)(to + bytes - 8) = pattern;
	for (; bytes >= 32; bytes -= 32, to += 32) {
		((word *)to)[0] = pattern;
		((word *)to)[1] = pattern;
		((word *)to)[2] = pattern;
		((word *)to)[3] = pattern;
	}
	for (; bytes >= 8; bytes -= 8, to += 8)
		*(word *)to = pattern;
	return target;
}
