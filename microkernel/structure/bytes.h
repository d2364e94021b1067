/* SPDX-License-Identifier: MIT */
/*
 * Copying, filling and comparing bytes: the four functions the compiler expects, and whole pages.
 *
 * All move eight bytes at a time with plain loads and stores: string instructions are many times slower where the CPU is
 * emulated. Pages are 4096 bytes, aligned.
 */
#ifndef LICHEN_STRUCTURE_BYTES_H
#define LICHEN_STRUCTURE_BYTES_H

#include <stddef.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t bytes);
void *memmove(void *destination, const void *source, size_t bytes);
void *memset(void *destination, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);

void page_copy(void *destination, const void *source);
void page_clear(void *page);

#endif
