/* SPDX-License-Identifier: MIT */
/*
 * From characters to what a display shows: code page 437, the bitmap font, both displays over ordinary memory, and boot
 * information that makes no sense.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "runtime/driver.h"
#include "screen/cp437.h"
#include "screen/display.h"
#include "screen/font.h"

static uint8_t registers[32], selected;

uint8_t port_read8(handle_t ports, uint16_t port)
{
	(void)ports;
	fail_msg("port 0x%x is read", port);
	return 0;
}

void port_write8(handle_t ports, uint16_t port, uint8_t value)
{
	assert_int_equal(ports.value, 9);
	if (port == 0x3d4)
		selected = value;
	else
		registers[selected % 32] = value;
}

static void characters_have_their_codes(void **state)
{
	(void)state;
	assert_int_equal(cp437_of(0), ' ');
	assert_int_equal(cp437_of('A'), 'A');
	assert_int_equal(cp437_of('~'), '~');
	assert_int_equal(cp437_of(0xfc), 0x81);
	assert_int_equal(cp437_of(0x2500), 0xc4);
	assert_int_equal(cp437_of(0x250c), 0xda);
	assert_int_equal(cp437_of(0x2588), 0xdb);
	assert_int_equal(cp437_of(0x25a0), 0xfe);
	assert_int_equal(cp437_of(0xa0), 0xff);
	assert_int_equal(cp437_of(0x263a), 0x01);
	assert_int_equal(cp437_of(0x25bc), 0x1f);
	assert_int_equal(cp437_of(0x2302), 0x7f);
	assert_int_equal(cp437_of(0x2501), 0xc4);
	assert_int_equal(cp437_of(0x256d), 0xda);
	assert_int_equal(cp437_of(0x2019), '\'');
	assert_int_equal(cp437_of(0x4e00), '?');
	for (uint32_t character = 0x2500; character < 0x2580; character++)
		assert_int_not_equal(cp437_of(character), '?');
	for (uint32_t character = 0; character < 0x20; character++)
		assert_true(character == 0 || cp437_of(character) == '?');
}

static void the_font_is_in_order(void **state)
{
	(void)state;
	for (uint32_t i = 1; i < font_entry_count; i++)
		assert_true(font_entries[i - 1].character < font_entries[i].character);
	for (uint32_t i = 0; i < font_entry_count; i++)
		assert_ptr_equal(font_find(font_entries[i].character),
				 font_entries[i].character == ' ' ? font_find(0)
								  : font_glyphs[font_entries[i].glyph]);
	for (uint32_t character = '!'; character < 0x7f; character++)
		assert_ptr_not_equal(font_find(character), font_find(0x10ffff));
	for (uint32_t character = 0x2500; character < 0x2580; character++)
		assert_ptr_not_equal(font_find(character), font_find(0x10ffff));
	assert_ptr_equal(font_find(0x4e00), font_find(0x10ffff));
}

static void text_cells_have_colours(void **state)
{
	const struct boot_framebuffer frame = { .kind = 2, .width = 80, .height = 25, .pitch = 160 };
	struct cell cell = { .character = 'x', .foreground = 0xff5555, .background = 0x0000aa };
	uint16_t memory[80 * 25];
	struct display display;

	(void)state;
	assert_int_equal(display_bytes(&frame), sizeof memory);
	assert_int_equal(display_start(&display, &frame, (uint8_t *)memory, (handle_t){ 9 }), STATUS_OK);
	assert_int_equal(memory[0], 0x0720);
	assert_int_equal(memory[1999], 0x0720);
	display.put_cell(&display, 24, 79, &cell);
	assert_int_equal(memory[1999], 0x1c78); /* bright red on blue */
	cell = (struct cell){ .character = 0x2502, .foreground = 0x00a8b0, .background = 0xfefefe };
	display.put_cell(&display, 1, 2, &cell);
	assert_int_equal(memory[82], 0x73b3); /* the nearest: cyan, and no background is bright */
	display.place_cursor(&display, 10, 3, true);
	assert_int_equal(registers[0x0e] << 8 | registers[0x0f], 803);
	assert_int_equal(registers[0x0a] & 0x20, 0);
	display.place_cursor(&display, 0, 0, false);
	assert_int_equal(registers[0x0a] & 0x20, 0x20);
}

static struct boot_framebuffer linear(uint8_t bits, uint32_t padding)
{
	struct boot_framebuffer frame = { .kind = 1, .width = 200, .height = 100, .bits_per_pixel = bits };

	frame.pitch = frame.width * ((bits + 7u) / 8) + padding;
	frame.red_bits = frame.blue_bits = bits < 24 ? 5 : 8;
	frame.green_bits = bits == 16 ? 6 : frame.red_bits;
	frame.green_shift = frame.blue_bits;
	frame.red_shift = (uint8_t)(frame.blue_bits + frame.green_bits);
	return frame;
}

/* Every pixel of the glyph, and not one beside the cell. */
static void check_pixels(const struct boot_framebuffer *frame, const uint8_t *memory,
			 const uint32_t pixels[2])
{
	unsigned bytes = (frame->bits_per_pixel + 7u) / 8;

	for (unsigned y = 0; y < frame->height; y++) {
		for (unsigned x = 0; x < frame->width; x++) {
			bool inside = y >= 80 && y < 96 && x >= 192;
			bool set = inside && (font_find('g')[y - 80] >> (199 - x) & 1);
			uint32_t wanted = inside ? pixels[set] : 0, got = 0;

			memcpy(&got, memory + (size_t)y * frame->pitch + (size_t)x * bytes, bytes);
			if (got != wanted)
				fail_msg("%u bits: pixel %u,%u is %x, not %x", frame->bits_per_pixel, x, y,
					 got, wanted);
		}
	}
}

static void pixels_follow_the_font(void **state)
{
	const struct cell cell = { .character = 'g', .foreground = 0xff80f8, .background = 0x0800ff };
	static const struct {
		uint8_t bits;
		uint32_t pixels[2];
	} rows[] = { { 32, { 0x0800ff, 0xff80f8 } },
		     { 24, { 0x0800ff, 0xff80f8 } },
		     { 16, { 0x081f, 0xfc1f } },
		     { 15, { 0x041f, 0x7e1f } } };

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct boot_framebuffer frame = linear(rows[i].bits, 24);
		uint8_t *memory = malloc((size_t)frame.pitch * frame.height);
		struct display display;

		memset(memory, 0xee, (size_t)frame.pitch * frame.height);
		assert_int_equal(display_start(&display, &frame, memory, (handle_t){ 0 }), STATUS_OK);
		assert_int_equal(display.columns, 25);
		assert_int_equal(display.rows, 6);
		assert_null(display.place_cursor);
		display.put_cell(&display, 5, 24, &cell);
		check_pixels(&frame, memory, rows[i].pixels);
		free(memory);
	}
}

static void senseless_screens_are_refused(void **state)
{
	struct boot_framebuffer frame = linear(32, 0);

	(void)state;
	assert_int_equal(display_bytes(&frame), 80000);
	frame.kind = 0;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.pitch--;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.bits_per_pixel = 8;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.red_shift = 25;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.green_bits = 0;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.width = 8;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.width = UINT32_MAX;
	assert_int_equal(display_bytes(&frame), 0);
	frame = linear(32, 0);
	frame.height = UINT32_MAX;
	assert_int_equal(display_bytes(&frame), 0);
	frame = (struct boot_framebuffer){ .kind = 2, .width = 80, .height = 25, .pitch = 159 };
	assert_int_equal(display_bytes(&frame), 0);
	frame = (struct boot_framebuffer){ .kind = 2, .width = 80, .height = 400, .pitch = 160 };
	assert_int_equal(display_bytes(&frame), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_have_their_codes),   cmocka_unit_test(the_font_is_in_order),
		cmocka_unit_test(text_cells_have_colours),       cmocka_unit_test(pixels_follow_the_font),
		cmocka_unit_test(senseless_screens_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
