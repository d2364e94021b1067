/* SPDX-License-Identifier: MIT */
/*
 * pixel_display: cells as pixels of a linear framebuffer with 2, 3 or 4 bytes a pixel. The cursor is drawn by inverting its
 * cell, which is the terminal's business.
 */
#include "display.h"
#include "font.h"

#include <string.h>

#define UNDERLINE_ROW 14u

static uint32_t channel(uint32_t value, uint8_t bits, uint8_t shift)
{
	return (value & 0xff) >> (8 - bits) << shift;
}

static uint32_t pixel_of(const struct boot_framebuffer *frame, uint32_t colour)
{
	return channel(colour >> 16, frame->red_bits, frame->red_shift) |
	       channel(colour >> 8, frame->green_bits, frame->green_shift) |
	       channel(colour, frame->blue_bits, frame->blue_shift);
}

static void draw_row32(uint8_t *at, uint8_t bits, const uint32_t pixels[2])
{
	for (unsigned i = 0; i < FONT_WIDTH; i += 2) {
		uint64_t left = pixels[bits >> (7 - i) & 1], right = pixels[bits >> (6 - i) & 1];
		uint64_t both = right << 32 | left;

		memcpy(at + (size_t)i * 4, &both, sizeof both);
	}
}

static void draw_row(uint8_t *at, uint8_t bits, const uint32_t pixels[2], unsigned bytes)
{
	for (unsigned i = 0; i < FONT_WIDTH; i++) {
		uint32_t pixel = pixels[bits >> (7 - i) & 1];

		for (unsigned byte = 0; byte < bytes; byte++)
			*at++ = (uint8_t)(pixel >> (8 * byte));
	}
}

static void put_cell(struct display *display, uint32_t row, uint32_t column, const struct cell *cell)
{
	const struct boot_framebuffer *frame = &display->frame;
	unsigned bytes = (frame->bits_per_pixel + 7u) / 8;
	const uint32_t pixels[2] = { pixel_of(frame, cell->background), pixel_of(frame, cell->foreground) };
	const uint8_t *glyph = font_find(cell->character);
	uint8_t *at = display->memory + (size_t)row * FONT_HEIGHT * frame->pitch +
		      (size_t)column * FONT_WIDTH * bytes;

	for (unsigned i = 0; i < FONT_HEIGHT; i++, at += frame->pitch) {
		uint8_t bits = i == UNDERLINE_ROW && (cell->flags & CELL_UNDERLINE) ? 0xff : glyph[i];

		if (bytes == 4)
			draw_row32(at, bits, pixels);
		else
			draw_row(at, bits, pixels, bytes);
	}
}

void pixel_display_start(struct display *display)
{
	const struct boot_framebuffer *frame = &display->frame;

	display->put_cell = put_cell;
	memset(display->memory, 0, (size_t)frame->pitch * frame->height);
}
