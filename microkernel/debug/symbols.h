/* SPDX-License-Identifier: MIT */
/*
 * Names of the kernel's functions, from the table that the build links in behind the code (symbol-table.py).
 */
#ifndef LICHEN_DEBUG_SYMBOLS_H
#define LICHEN_DEBUG_SYMBOLS_H

#include <stdint.h>

/* The function that an address of kernel text lies in and the offset into it; NULL when there is none. */
const char *symbol_find(uint64_t address, uint64_t *offset);

#endif
