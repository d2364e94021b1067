/* SPDX-License-Identifier: MIT */
/*
 * Copying, filling and comparing bytes with 64-bit moves.
 *
 * Unaligned eight-byte accesses are fine on this machine and cheaper than aligning by hand. The file is built with
 * -fno-tree-loop-distribute-patterns (or no such idea in the compiler), so that no loop here becomes a call to itself; the
 * empty assembly statement in each loop says the same to compilers that take no such option.
 */
#include "structure/bytes.h"

#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word_t;

#define KEEP_LOOP() __asm__ volatile("")

/* Each block is read before it is written, so a destination below an overlapping source is fine. */
static void copy_forwards(char *to, const char *from, size_t bytes)
{
	for (; bytes >= 32; bytes -= 32, to += 32, from += 32) {
		KEEP_LOOP();
		word_t a = ((const word_t *)from)[0], b = ((const word_t *)from)[1];
		word_t c = ((const word_t *)from)[2], d = ((const word_t *)from)[3];
		((word_t *)to)[0] = a;
		((word_t *)to)[1] = b;
		((word_t *)to)[2] = c;
		((word_t *)to)[3] = d;
	}
	for (; bytes >= 8; bytes -= 8, to += 8, from += 8) {
		KEEP_LOOP();
		*(word_t *)to = *(const word_t *)from;
	}
	for (; bytes; bytes--) {
		KEEP_LOOP();
		*to++ = *from++;
	}
}

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes)
{
	copy_forwards(destination, source, bytes);
	return destination;
}

static void copy_backwards(char *to, const char *from, size_t bytes)
{
	for (; bytes >= 8; bytes -= 8) {
		KEEP_LOOP();
		*(word_t *)(to + bytes - 8) = *(const word_t *)(from + bytes - 8);
	}
	for (; bytes; bytes--) {
		KEEP_LOOP();
		to[bytes - 1] = from[bytes - 1];
	}
}

void *memmove(void *destination, const void *source, size_t bytes)
{
	uintptr_t to = (uintptr_t)destination, from = (uintptr_t)source;
	if (to - from >= bytes) /* not inside the source; unsigned, so below it counts too */
		copy_forwards(destination, source, bytes);
	else
		copy_backwards(destination, source, bytes);
	return destination;
}

void *memset(void *destination, int value, size_t bytes)
{
	char *to = destination;
	uint64_t word = 0x0101010101010101u * (uint8_t)value;
	for (; bytes >= 8; bytes -= 8, to += 8) {
		KEEP_LOOP();
		*(word_t *)to = word;
	}
	for (; bytes; bytes--) {
		KEEP_LOOP();
		*to++ = (char)value;
	}
	return destination;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
	const unsigned char *a = left, *b = right;
	for (; bytes >= 8 && *(const word_t *)a == *(const word_t *)b; bytes -= 8) {
		KEEP_LOOP();
		a += 8;
		b += 8;
	}
	for (; bytes; bytes--, a++, b++)
		if (*a != *b)
			return *a - *b;
	return 0;
}

size_t strlen(const char *text)
{
	size_t length = 0;
	for (; text[length]; length++)
		KEEP_LOOP();
	return length;
}

void page_copy(void *destination, const void *source)
{
	uint64_t *to = destination;
	const uint64_t *from = source;
	for (unsigned i = 0; i < 512; i += 8) {
		KEEP_LOOP();
		uint64_t a = from[i], b = from[i + 1], c = from[i + 2], d = from[i + 3];
		to[i] = a;
		to[i + 1] = b;
		to[i + 2] = c;
		to[i + 3] = d;
		a = from[i + 4], b = from[i + 5], c = from[i + 6], d = from[i + 7];
		to[i + 4] = a;
		to[i + 5] = b;
		to[i + 6] = c;
		to[i + 7] = d;
	}
}

void page_clear(void *page)
{
	uint64_t *to = page;
	for (unsigned i = 0; i < 512; i += 8) {
		KEEP_LOOP();
		to[i] = to[i + 1] = to[i + 2] = to[i + 3] = 0;
		to[i + 4] = to[i + 5] = to[i + 6] = to[i + 7] = 0;
	}
}
