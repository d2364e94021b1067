/* SPDX-License-Identifier: MIT */
/*
 * escape_filter: keeps programs' control sequences within what libvterm 0.1.4 has room for. It stores the numbers of a
 * sequence without counting them, so separators beyond the last place are left out; and it is kept from leaving UTF-8, where
 * other bytes would begin sequences. A sequence may be split between two calls. Pure.
 */
#ifndef LICHEN_SCREEN_ESCAPE_FILTER_H
#define LICHEN_SCREEN_ESCAPE_FILTER_H

#include <stddef.h>
#include <stdint.h>

#define ESCAPE_FILTER_SEPARATORS 15u /* between 16 numbers */

enum escape_state { ESCAPE_NONE, ESCAPE_BEGUN, ESCAPE_SEQUENCE };

struct escape_filter {
	enum escape_state state;
	uint8_t intermediate; /* the first byte behind ESC, if a further one must follow */
	uint32_t separators;  /* of the sequence so far */
};

/* Changes the text in place and answers its new length, which is not larger. */
size_t escape_filter_take(struct escape_filter *filter, uint8_t *text, size_t bytes);

#endif
