/* SPDX-License-Identifier: MIT */
/*
 * utf8_filter: see utf8_filter.h. Which characters have a width is libvterm's own table, so that both sides agree.
 */
#include "utf8_filter.h"

#include <stdbool.h>
#include <string.h>
#include <vterm_internal.h>

#define REPLACEMENT 0xfffdu
#define CHARACTER_MAX 0x10ffffu

static size_t put(uint8_t *out, uint32_t character)
{
	if (character < 0x80) {
		out[0] = (uint8_t)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (uint8_t)(0xc0 | character >> 6);
		out[1] = (uint8_t)(0x80 | (character & 0x3f));
		return 2;
	}
	if (character < 0x10000) {
		out[0] = (uint8_t)(0xe0 | character >> 12);
		out[1] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
		out[2] = (uint8_t)(0x80 | (character & 0x3f));
		return 3;
	}
	out[0] = (uint8_t)(0xf0 | character >> 18);
	out[1] = (uint8_t)(0x80 | (character >> 12 & 0x3f));
	out[2] = (uint8_t)(0x80 | (character >> 6 & 0x3f));
	out[3] = (uint8_t)(0x80 | (character & 0x3f));
	return 4;
}

static bool is_character(const struct utf8_filter *filter)
{
	uint32_t character = filter->character;

	return character >= filter->least && character <= CHARACTER_MAX &&
	       !(character >= 0xd800 && character <= 0xdfff);
}

static size_t finish(const struct utf8_filter *filter, uint8_t *out)
{
	if (!is_character(filter))
		return put(out, REPLACEMENT);
	if (vterm_unicode_width(filter->character) < 1)
		return 0;
	return put(out, filter->character);
}

/* The first byte of a sequence, or one that is none. */
static size_t take_first(struct utf8_filter *filter, uint8_t byte, uint8_t *out)
{
	if (byte < 0x80)
		return put(out, byte);
	if (byte >= 0xc0 && byte < 0xe0)
		*filter = (struct utf8_filter){ byte & 0x1f, 0x80, 1 };
	else if (byte >= 0xe0 && byte < 0xf0)
		*filter = (struct utf8_filter){ byte & 0x0f, 0x800, 2 };
	else if (byte >= 0xf0 && byte < 0xf8)
		*filter = (struct utf8_filter){ byte & 0x07, 0x10000, 3 };
	else
		return put(out, REPLACEMENT);
	return 0;
}

size_t utf8_filter_take(struct utf8_filter *filter, const uint8_t *text, size_t bytes, uint8_t *out)
{
	size_t done = 0;

	for (size_t i = 0; i < bytes; i++) {
		bool continues = (text[i] & 0xc0) == 0x80;

		if (filter->missing == 0) {
			done += take_first(filter, text[i], out + done);
			continue;
		}
		if (continues) {
			filter->character = filter->character << 6 | (text[i] & 0x3f);
			if (--filter->missing == 0)
				done += finish(filter, out + done);
			continue;
		}
		filter->missing = 0;
		done += put(out + done, REPLACEMENT);
		done += take_first(filter, text[i], out + done);
	}
	return done;
}
