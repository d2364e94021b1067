/* SPDX-License-Identifier: MIT */
/*
 * Sums over the regions of a process's memory.
 */
#ifndef LICHEN_PERSONALITY_PROCESS_SPANS_H
#define LICHEN_PERSONALITY_PROCESS_SPANS_H

#include <stdint.h>

struct mm;

struct memory_spans {
	uint64_t stack, executable; /* bytes */
};
struct memory_spans memory_spans(const struct mm *mm);

#endif
