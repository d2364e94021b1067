/* SPDX-License-Identifier: MIT */
/*
 * utf8_filter: makes well-formed UTF-8 of what programs write, before libvterm sees it. What is malformed becomes U+FFFD.
 * Characters that take no column (combining ones, C1 controls) are left out: they are not drawn, libvterm would collect
 * them without a limit, and repeat them without an end.
 * A character may be split between two calls. Pure.
 */
#ifndef LICHEN_SCREEN_UTF8_FILTER_H
#define LICHEN_SCREEN_UTF8_FILTER_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_FILTER_GROWTH 3 /* bytes that may come out for one that goes in, and as many more for a call */

struct utf8_filter {
	uint32_t character; /* of an unfinished sequence, so far */
	uint32_t least;     /* that a sequence of its length may stand for */
	uint32_t missing;   /* bytes to come */
};

/* Writes at most UTF8_FILTER_GROWTH * (bytes + 1) and answers how many. */
size_t utf8_filter_take(struct utf8_filter *filter, const uint8_t *text, size_t bytes, uint8_t *out);

#endif
