/* SPDX-License-Identifier: MIT */
/*
 * escape_filter: see escape_filter.h. It follows the states of libvterm's parser: control characters are taken in the middle
 * of a sequence and do not end it, except ESC, CAN and SUB. Where it is not sure that a sequence ended, it goes on in it.
 */
#include "escape_filter.h"

#include <stdbool.h>

#define CAN 0x18
#define SUB 0x1a
#define ESC 0x1b
#define DEL 0x7f

static bool is_intermediate(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x30;
}

/* Behind ESC. "ESC % @" would leave UTF-8; it becomes "ESC % G", which enters it. */
static uint8_t take_escape(struct escape_filter *filter, uint8_t byte)
{
	if (byte == '[' && filter->intermediate == 0) {
		*filter = (struct escape_filter){ .state = ESCAPE_SEQUENCE };
	} else if (is_intermediate(byte)) {
		if (filter->intermediate == 0)
			filter->intermediate = byte;
	} else if (byte < 0x80) {
		filter->state = ESCAPE_NONE;
		return filter->intermediate == '%' && byte == '@' ? 'G' : byte;
	}
	return byte;
}

/* False: the byte is left out. */
static bool take_sequence(struct escape_filter *filter, uint8_t byte)
{
	if (byte == ';' || byte == ':')
		return ++filter->separators <= ESCAPE_FILTER_SEPARATORS;
	if (byte >= 0x40 && byte < DEL)
		filter->state = ESCAPE_NONE;
	return true;
}

static bool take_control(struct escape_filter *filter, uint8_t byte)
{
	if (byte == ESC)
		*filter = (struct escape_filter){ .state = ESCAPE_BEGUN };
	else if (byte == CAN || byte == SUB)
		filter->state = ESCAPE_NONE;
	return byte < 0x20 || byte == DEL;
}

size_t escape_filter_take(struct escape_filter *filter, uint8_t *text, size_t bytes)
{
	size_t kept = 0;

	for (size_t i = 0; i < bytes; i++) {
		uint8_t byte = text[i];

		if (!take_control(filter, byte)) {
			if (filter->state == ESCAPE_BEGUN)
				byte = take_escape(filter, byte);
			else if (filter->state == ESCAPE_SEQUENCE && !take_sequence(filter, byte))
				continue;
		}
		text[kept++] = byte;
	}
	return kept;
}
