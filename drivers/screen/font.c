/* SPDX-License-Identifier: MIT */
/*
 * font: see font.h.
 */
#include "font.h"

static const uint8_t blank[FONT_HEIGHT];
static const uint8_t box[FONT_HEIGHT] = {
	0x00, 0x00, 0x7e, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x42, 0x7e, 0x00, 0x00, 0x00, 0x00,
};

const uint8_t *font_find(uint32_t character)
{
	uint32_t low = 0, high = font_entry_count;

	if (character == 0 || character == ' ')
		return blank;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (font_entries[middle].character == character)
			return font_glyphs[font_entries[middle].glyph];
		if (font_entries[middle].character < character)
			low = middle + 1;
		else
			high = middle;
	}
	return box;
}
