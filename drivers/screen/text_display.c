/* SPDX-License-Identifier: MIT */
/*
 * text_display: cells as characters of a VGA text screen, with the nearest of its colours and the hardware's cursor. The
 * highest bit of a background would blink, so backgrounds have 8 colours.
 */
#include "cp437.h"
#include "display.h"

#include "runtime/driver.h"

#define PORT_INDEX 0x3d4
#define PORT_DATA 0x3d5
#define CURSOR_START 0x0a
#define CURSOR_END 0x0b
#define CURSOR_HIGH 0x0e
#define CURSOR_LOW 0x0f
#define CURSOR_OFF 0x20
#define CURSOR_FIRST_LINE 14
#define CURSOR_LAST_LINE 15
#define FOREGROUNDS 16u
#define BACKGROUNDS 8u

static uint32_t square(uint32_t a, uint32_t b)
{
	int32_t difference = (int32_t)(a & 0xff) - (int32_t)(b & 0xff);

	return (uint32_t)(difference * difference);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	return square(a >> 16, b >> 16) + square(a >> 8, b >> 8) + square(a, b);
}

/* The terminal's palette counts red as 1 and blue as 4; the hardware the other way round. */
static uint8_t hardware_number(uint32_t number)
{
	return (uint8_t)((number & 0xa) | (number & 1) << 2 | (number & 4) >> 2);
}

static uint8_t nearest(uint32_t colour, uint32_t count)
{
	uint32_t best = 0, best_distance = UINT32_MAX;

	for (uint32_t i = 0; i < count && best_distance != 0; i++) {
		uint32_t here = distance(colour, display_palette[i]);

		if (here < best_distance) {
			best_distance = here;
			best = i;
		}
	}
	return hardware_number(best);
}

static void put_cell(struct display *display, uint32_t row, uint32_t column, const struct cell *cell)
{
	volatile uint16_t *line = (volatile uint16_t *)(void *)(display->memory +
								(size_t)row * display->frame.pitch);
	uint8_t foreground = nearest(cell->foreground, FOREGROUNDS);
	uint8_t background = nearest(cell->background, BACKGROUNDS);

	line[column] = (uint16_t)(cp437_of(cell->character) | foreground << 8 | background << 12);
}

static void write_register(const struct display *display, uint8_t number, uint32_t value)
{
	port_write8(display->ports, PORT_INDEX, number);
	port_write8(display->ports, PORT_DATA, (uint8_t)value);
}

static void place_cursor(struct display *display, uint32_t row, uint32_t column, bool visible)
{
	uint32_t place = row * (display->frame.pitch / 2) + column;

	write_register(display, CURSOR_START, CURSOR_FIRST_LINE | (visible ? 0 : CURSOR_OFF));
	write_register(display, CURSOR_HIGH, place >> 8 & 0xff);
	write_register(display, CURSOR_LOW, place & 0xff);
}

void text_display_start(struct display *display)
{
	const struct cell empty = { .foreground = display_palette[7] };

	display->put_cell = put_cell;
	display->place_cursor = place_cursor;
	write_register(display, CURSOR_END, CURSOR_LAST_LINE);
	for (uint32_t row = 0; row < display->rows; row++) {
		for (uint32_t column = 0; column < display->columns; column++)
			put_cell(display, row, column, &empty);
	}
}
