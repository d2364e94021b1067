/* SPDX-License-Identifier: MIT */
/*
 * font: the bitmap font of a linear framebuffer, made at build time by font.lua from a console font of Debian's.
 */
#ifndef LICHEN_SCREEN_FONT_H
#define LICHEN_SCREEN_FONT_H

#include <stdint.h>

#define FONT_WIDTH 8u
#define FONT_HEIGHT 16u

struct font_entry {
	uint16_t character, glyph;
};

/* In rising order of the characters. */
extern const struct font_entry font_entries[];
extern const uint32_t font_entry_count;
extern const uint8_t font_glyphs[][FONT_HEIGHT];

/* Rows from the top, the leftmost pixel in the highest bit. A character that the font lacks gives a box; 0 a blank. */
const uint8_t *font_find(uint32_t character);

#endif
