/* SPDX-License-Identifier: MIT */
/*
 * Search in the linked symbol table (symbols.h). The table's names are weak: they are missing in the first of the
 * build's two links, whose kernel never runs.
 */
#include <stddef.h>
#include "arch/x86_64/image.h"
#include "debug/symbols.h"

extern const uint64_t symbol_count __attribute__((weak));
extern const uint32_t symbol_offsets[] __attribute__((weak)); /* from image_text_start, rising */
extern const uint32_t symbol_names[] __attribute__((weak));   /* offsets into symbol_text */
extern const char symbol_text[] __attribute__((weak));

const char *symbol_find(uint64_t address, uint64_t *offset)
{
	uint64_t start = (uintptr_t)image_text_start;
	if (address < start || address >= (uintptr_t)image_text_end || !&symbol_count || !symbol_count)
		return NULL;
	uint64_t low = 0, high = symbol_count;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (symbol_offsets[middle] <= address - start)
			low = middle;
		else
			high = middle;
	}
	*offset = address - start - symbol_offsets[low];
	return symbol_text + symbol_names[low];
}
