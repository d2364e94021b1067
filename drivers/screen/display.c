/* SPDX-License-Identifier: MIT */
/*
 * display: see display.h.
 */
#include "display.h"

#include "font.h"

#define KIND_LINEAR 1
#define KIND_TEXT 2
#define TEXT_CELL_BYTES 2u
#define COLUMNS_MIN 20u
#define COLUMNS_MAX 480u
#define ROWS_MIN 5u
#define ROWS_MAX 270u
#define PITCH_MAX (1u << 20)

const uint32_t display_palette[16] = {
	0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa,
	0x555555, 0xff5555, 0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
};

static uint32_t bytes_of_pixel(const struct boot_framebuffer *frame)
{
	return (frame->bits_per_pixel + 7u) / 8;
}

static bool channel_fits(const struct boot_framebuffer *frame, uint8_t shift, uint8_t bits)
{
	return bits >= 1 && bits <= 8 && (uint32_t)shift + bits <= frame->bits_per_pixel;
}

static bool is_linear(const struct boot_framebuffer *frame)
{
	return frame->kind == KIND_LINEAR && bytes_of_pixel(frame) >= 2 && bytes_of_pixel(frame) <= 4 &&
	       channel_fits(frame, frame->red_shift, frame->red_bits) &&
	       channel_fits(frame, frame->green_shift, frame->green_bits) &&
	       channel_fits(frame, frame->blue_shift, frame->blue_bits) &&
	       frame->pitch / bytes_of_pixel(frame) >= frame->width &&
	       frame->width / FONT_WIDTH >= COLUMNS_MIN && frame->height / FONT_HEIGHT >= ROWS_MIN &&
	       frame->height <= ROWS_MAX * FONT_HEIGHT;
}

static bool is_text(const struct boot_framebuffer *frame)
{
	return frame->kind == KIND_TEXT && frame->pitch / TEXT_CELL_BYTES >= frame->width &&
	       frame->width >= COLUMNS_MIN && frame->width <= COLUMNS_MAX && frame->height >= ROWS_MIN &&
	       frame->height <= ROWS_MAX;
}

uint64_t display_bytes(const struct boot_framebuffer *frame)
{
	if (frame->pitch > PITCH_MAX || (!is_linear(frame) && !is_text(frame)))
		return 0;
	return (uint64_t)frame->pitch * frame->height;
}

static uint32_t at_most(uint32_t value, uint32_t limit)
{
	return value < limit ? value : limit;
}

status_t display_start(struct display *display, const struct boot_framebuffer *frame, uint8_t *memory,
		       handle_t ports)
{
	*display = (struct display){ .memory = memory, .frame = *frame, .ports = ports };
	if (display_bytes(frame) == 0)
		return STATUS_NOT_SUPPORTED;
	if (frame->kind == KIND_TEXT) {
		display->columns = frame->width;
		display->rows = frame->height;
		text_display_start(display);
	} else {
		display->columns = at_most(frame->width / FONT_WIDTH, COLUMNS_MAX);
		display->rows = frame->height / FONT_HEIGHT;
		pixel_display_start(display);
	}
	return STATUS_OK;
}
