/* SPDX-License-Identifier: MIT */
/*
 * The terminal over a display that remembers: what is written appears, only what changed is drawn, answers and keys come
 * out, and no output of a program can harm it: malformed and combining characters, and noise under the sanitizers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <vterm_internal.h>
#include "screen/terminal.h"

#define ROWS 25
#define COLUMNS 80

static struct cell shown[ROWS][COLUMNS];
static unsigned drawn;
static uint32_t cursor_row, cursor_column;
static bool cursor_visible;
static struct terminal terminal;
static struct display display;

const uint32_t display_palette[16] = { 0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa,
				       0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555, 0x55ff55, 0xffff55,
				       0x5555ff, 0xff55ff, 0x55ffff, 0xffffff };

static void put_cell(struct display *unused, uint32_t row, uint32_t column, const struct cell *cell)
{
	(void)unused;
	assert_in_range(row, 0, ROWS - 1);
	assert_in_range(column, 0, COLUMNS - 1);
	shown[row][column] = *cell;
	drawn++;
}

static void place_cursor(struct display *unused, uint32_t row, uint32_t column, bool visible)
{
	(void)unused;
	assert_in_range(row, 0, ROWS - 1);
	assert_in_range(column, 0, COLUMNS - 1);
	cursor_row = row;
	cursor_column = column;
	cursor_visible = visible;
}

static void start(bool own_cursor)
{
	display = (struct display){ .columns = COLUMNS, .rows = ROWS, .put_cell = put_cell };
	display.place_cursor = own_cursor ? place_cursor : NULL;
	memset(shown, 0, sizeof shown);
	assert_int_equal(terminal_start(&terminal, &display), STATUS_OK);
	terminal_render(&terminal);
	drawn = 0;
}

static void stop(void)
{
	vterm_free(terminal.emulator);
	free(terminal.shown);
	free(terminal.damaged);
}

static void write_bytes(const char *text, size_t bytes)
{
	terminal_write(&terminal, (const uint8_t *)text, bytes);
}

static void show(const char *text)
{
	write_bytes(text, strlen(text));
	assert_true(terminal_is_stale(&terminal));
	terminal_render(&terminal);
	assert_false(terminal_is_stale(&terminal));
}

static void expect_text(uint32_t row, uint32_t column, const char *text)
{
	for (; *text != '\0'; text++, column++)
		assert_int_equal(shown[row][column].character, *text == ' ' ? 0 : (uint8_t)*text);
}

static void text_and_attributes_appear(void **state)
{
	(void)state;
	start(true);
	show("plain \033[1;31mred\033[0m\r\n\033[7mreverse\033[0m \033[4mline\033[0m \xe2\x94\x80");
	expect_text(0, 0, "plain red");
	assert_int_equal(shown[0][0].foreground, 0xaaaaaa);
	assert_int_equal(shown[0][6].foreground, 0xff5555);
	expect_text(1, 0, "reverse line");
	assert_int_equal(shown[1][0].foreground, 0x000000);
	assert_int_equal(shown[1][0].background, 0xaaaaaa);
	assert_int_equal(shown[1][8].flags, CELL_UNDERLINE);
	assert_int_equal(shown[1][13].character, 0x2500);
	assert_int_equal(cursor_row, 1);
	assert_int_equal(cursor_column, 14);
	assert_true(cursor_visible);
	show("\033[?25l");
	assert_false(cursor_visible);
	stop();
}

static void only_what_changes_is_drawn(void **state)
{
	(void)state;
	start(true);
	show("abc");
	assert_int_equal(drawn, 3);
	show("\rabd");
	assert_int_equal(drawn, 4);
	drawn = 0;
	for (int i = 0; i < 1000; i++)
		write_bytes("the same line\r\n", 15);
	terminal_render(&terminal);
	assert_int_equal(drawn, 24 * 11); /* the letters, once, however often it scrolled */
	drawn = 0;
	show("the same line\r\n");
	assert_int_equal(drawn, 0);
	stop();
}

static void a_display_without_cursor_gets_one(void **state)
{
	(void)state;
	start(false);
	assert_int_equal(shown[0][0].background, 0xaaaaaa);
	show("x");
	assert_int_equal(shown[0][0].background, 0x000000);
	assert_int_equal(shown[0][1].background, 0xaaaaaa);
	show("\033[?25l");
	assert_int_equal(shown[0][1].background, 0x000000);
	stop();
}

static void expect_input(const char *bytes, size_t count)
{
	uint8_t got[64];

	assert_int_equal(ring_take(&terminal.input, got, sizeof got), count);
	assert_memory_equal(got, bytes, count);
}

static void keys_and_answers_come_out(void **state)
{
	const struct keyboard_stroke up = { .key = KEYBOARD_KEY_UP };
	const struct keyboard_stroke character = { .key = KEYBOARD_KEY_CHARACTER, .character = 'q' };

	(void)state;
	start(true);
	terminal_press(&terminal, &character);
	terminal_press(&terminal, &up);
	expect_input("q\033[A", 4);
	write_bytes("\033[?1h", 5); /* application cursor keys */
	terminal_press(&terminal, &up);
	expect_input("\033OA", 3);
	write_bytes("\033[5;7H\033[6n", 10);
	expect_input("\033[5;7R", 6);
	stop();
}

static void characters_are_cleaned(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "ab", "ab" },
		{ "\xc3\xa9", "\xc3\xa9" },
		{ "a\xc2\x9b|", "a|" },                         /* a control */
		{ "e\xcc\x81x", "ex" },                         /* combining */
		{ "\xff|", "\xef\xbf\xbd|" },                   /* no UTF-8 */
		{ "\xc0\xaf", "\xef\xbf\xbd" },                 /* too long */
		{ "\xed\xa0\x80", "\xef\xbf\xbd" },             /* a surrogate */
		{ "\xf4\x90\x80\x80", "\xef\xbf\xbd" },         /* beyond Unicode */
		{ "\xe2\x94x", "\xef\xbf\xbdx" },               /* cut short */
		{ "\xcc\n\x81", "\xef\xbf\xbd\n\xef\xbf\xbd" }, /* control inside */
		{ "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct utf8_filter filter = { 0 };
		uint8_t out[64];
		size_t bytes = 0;

		for (const char *at = rows[i].in; *at != '\0'; at++)
			bytes += utf8_filter_take(&filter, (const uint8_t *)at, 1, out + bytes);
		assert_int_equal(bytes, strlen(rows[i].out));
		assert_memory_equal(out, rows[i].out, bytes);
	}
}

/* More numbers than libvterm has places for, split anywhere, with control characters between; and what looks like it. */
static void sequences_have_an_end(void **state)
{
	static const char *const beginnings[] = { "\033[", "\033\n[", "\033[?", "\033%@\xc4\x9b",
						  "\033]x\033[" };
	const VTermParserCallbacks *parser;

	(void)state;
	start(true);
	parser = terminal.emulator->parser.callbacks;
	for (unsigned i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		write_bytes(beginnings[i], strlen(beginnings[i]));
		for (int j = 0; j < 100; j++)
			write_bytes(j % 7 == 0 ? "\r" : j % 3 == 0 ? "1:" : ";;", j % 7 == 0 ? 1 : 2);
		assert_in_range(terminal.emulator->parser.csi_argi, 0, 16);
		write_bytes("m", 1);
		assert_ptr_equal(terminal.emulator->parser.callbacks, parser);
		assert_true(vterm_get_utf8(terminal.emulator));
	}
	show("\030\033[m\033[2J\033[H;;;;;;;;;;;;;;;;;;;;|\033[1;31mr");
	expect_text(0, 0, ";;;;;;;;;;;;;;;;;;;;|r");
	assert_int_equal(shown[0][21].foreground, 0xff5555);
	stop();
}

/* Characters without a width, repeated, before and after there was another one. */
static void repetition_ends(void **state)
{
	(void)state;
	start(true);
	show("\033[5b\033[2147483647b\rx");
	expect_text(0, 0, "x");
	show("\033[2J\033[Ha\xc2\x80\033[3b\xcc\x81\033[2b|");
	expect_text(0, 0, "aaaaaa|");
	stop();
}

/* However many combining characters come, libvterm does not collect them. */
static void combining_characters_take_no_memory(void **state)
{
	char text[2000];

	(void)state;
	start(true);
	for (size_t i = 0; i < sizeof text; i += 2)
		memcpy(text + i, "\xcc\x81", 2);
	write_bytes("e", 1);
	for (int i = 0; i < 500; i++)
		write_bytes(text, sizeof text);
	assert_in_range(terminal.emulator->state->combine_chars_size, 1, 64);
	stop();
}

static size_t make_noise(char *text, size_t size)
{
	static const char *const pieces[] = {
		"\033[",     "\033]",   "\033P",        "\033(0",   "\033#8",   "\033[?1049h", "\033[?1049l",
		"\033c",     "\033[r",  "99999",        ";",        "\033[?6h", "\033[?69h",   "\033[2;5s",
		"\033[1;3r", "H",       "\xe4\xb8\x80", "\xcc\x81", "\r\n",     "\t",          "\033[?5h",
		"\033[4h",   "\033[L",  "\033[M",       "\033[P",   "\033[@",   "\033[X",      "\033[;;;;;;",
		";;;;;;;;",  "\033[3b", "\033[?7l",     "\033%@"
	};
	size_t length = 0;

	while (length + 16 < size) {
		if (rand() % 3 == 0) {
			text[length++] = (char)rand();
			continue;
		}
		const char *piece = pieces[(unsigned)rand() % (sizeof pieces / sizeof pieces[0])];
		memcpy(text + length, piece, strlen(piece));
		length += strlen(piece);
	}
	return length;
}

static void noise_is_survived(void **state)
{
	char text[TERMINAL_WRITE_MAX];

	(void)state;
	srand(11);
	for (int round = 0; round < 40; round++) {
		start(round % 2 == 0);
		for (int i = 0; i < 60; i++) {
			write_bytes(text, make_noise(text, sizeof text));
			terminal_render(&terminal);
			ring_clear(&terminal.input);
		}
		/* A reset, and all is well again. */
		show("\030\033\\\033c\033%Gwell");
		expect_text(0, 0, "well");
		stop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_and_attributes_appear),
		cmocka_unit_test(only_what_changes_is_drawn),
		cmocka_unit_test(a_display_without_cursor_gets_one),
		cmocka_unit_test(keys_and_answers_come_out),
		cmocka_unit_test(characters_are_cleaned),
		cmocka_unit_test(sequences_have_an_end),
		cmocka_unit_test(repetition_ends),
		cmocka_unit_test(combining_characters_take_no_memory),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
