/* SPDX-License-Identifier: MIT */
/*
 * The line discipline by itself: what termios(3) says of each flag, against bytes that are written down here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "linux_abi/signal.h"
#include "tty/discipline.h"

static struct discipline d;
static struct discipline_events events;

static void start(void)
{
	struct linux_termios settings;
	discipline_default_settings(&settings);
	discipline_init(&d, &settings, false);
	events = (struct discipline_events){ 0 };
}

/* Settings of a fresh discipline with flags put in and taken out of c_lflag. */
static void start_local(uint32_t with, uint32_t without)
{
	struct linux_termios settings;
	start();
	settings = d.settings;
	settings.local = (settings.local | with) & ~without;
	discipline_configure(&d, &settings);
}

static void start_input(uint32_t with, uint32_t without)
{
	struct linux_termios settings;
	start();
	settings = d.settings;
	settings.input = (settings.input | with) & ~without;
	discipline_configure(&d, &settings);
}

static void start_output(uint32_t output)
{
	struct linux_termios settings;
	start();
	settings = d.settings;
	settings.output = output;
	discipline_configure(&d, &settings);
}

static void start_raw(void)
{
	struct linux_termios settings;
	start();
	settings = d.settings;
	settings.input = settings.output = settings.local = 0;
	discipline_configure(&d, &settings);
}

static void type(const char *text)
{
	uint32_t bytes = (uint32_t)strlen(text);
	assert_int_equal(discipline_feed(&d, (const uint8_t *)text, bytes, &events), bytes);
}

static void expect_output(const char *text)
{
	char got[BYTE_RING_SIZE + 1];
	uint32_t bytes = byte_ring_peek(&d.output, (uint8_t *)got, BYTE_RING_SIZE);
	byte_ring_drop(&d.output, bytes);
	got[bytes] = 0;
	assert_string_equal(got, text);
}

static void expect_line(const char *text)
{
	char got[INPUT_SIZE + 1];
	bool ended = false;
	uint32_t bytes;
	assert_true(discipline_readable(&d, 1));
	bytes = discipline_take(&d, (uint8_t *)got, INPUT_SIZE, &ended);
	got[bytes] = 0;
	assert_string_equal(got, text);
	assert_true(ended);
}

static void expect_nothing(void)
{
	assert_false(discipline_readable(&d, 1));
	assert_int_equal(discipline_input_bytes(&d), 0);
}

static void expect_written(const char *text, const char *seen)
{
	uint32_t bytes = (uint32_t)strlen(text);
	assert_int_equal(discipline_write(&d, (const uint8_t *)text, bytes), bytes);
	expect_output(seen);
}

static void a_line_is_readable_when_it_is_complete(void **state)
{
	(void)state;
	start();
	type("one");
	expect_nothing();
	type(" two\rthree\n");
	assert_int_equal(discipline_input_bytes(&d), 14);
	expect_line("one two\n");
	expect_line("three\n");
	expect_nothing();
	expect_output("one two\r\nthree\r\n");
}

static void erasing_takes_characters_words_and_lines_back(void **state)
{
	(void)state;
	start();
	type("abc\x7f\x7f\x7f\x7fx\n");
	expect_line("x\n");
	expect_output("abc\b \b\b \b\b \bx\r\n");
	type("one two  \x17z\n");
	expect_line("one z\n");
	expect_output("one two  \b \b\b \b\b \b\b \b\b \bz\r\n");
	type("gone\x15kept\n");
	expect_line("kept\n");
	expect_output("gone\b \b\b \b\b \b\b \bkept\r\n");
}

static void erasing_goes_back_over_tabs_and_control_characters(void **state)
{
	(void)state;
	start();
	type("ab\tc\x7f\x7fz\n");
	expect_line("abz\n");
	expect_output("ab\tc\b \b\b\b\b\b\b\bz\r\n");
	type("\x01\x7f\n");
	expect_line("\n");
	expect_output("^A\b \b\b \b\r\n");
}

static void a_character_of_several_bytes_is_erased_as_one(void **state)
{
	(void)state;
	start_input(LINUX_IUTF8, 0);
	type("a\xe2\x82\xac\x7f\n");
	expect_line("a\n");
	expect_output("a\xe2\x82\xac\b \b\r\n");
	start();
	type("a\xe2\x82\xac\x7f\n");
	expect_line("a\xe2\x82\n");
}

static void erasing_shows_what_the_flags_say(void **state)
{
	(void)state;
	start_local(0, LINUX_ECHOE);
	type("ab\x7f\n");
	expect_output("ab^?\r\n");
	start_local(LINUX_ECHOPRT, 0);
	type("ab\x7f\x7fz\n");
	expect_output("ab\\ba/z\r\n");
	start_local(0, LINUX_ECHOKE);
	type("ab\x15z\n");
	expect_output("ab^U\r\nz\r\n");
	start_local(0, LINUX_ECHOCTL);
	type("\x01\x7f\n");
	expect_output("\x01\r\n");
}

static void echo_can_be_off_but_for_newlines(void **state)
{
	(void)state;
	start_local(0, LINUX_ECHO);
	type("secret\n");
	expect_line("secret\n");
	expect_output("");
	start_local(LINUX_ECHONL, LINUX_ECHO);
	type("secret\n");
	expect_output("\r\n");
}

static void the_next_character_is_quoted(void **state)
{
	(void)state;
	start();
	type("a\x16\x7f\x16\x03\x16\x04z\n");
	expect_line("a\x7f\x03\x04z\n");
	assert_int_equal(events.signals, 0);
	expect_output("a^\b^?^\b^C^\b^Dz\r\n");
}

static void a_line_is_shown_again(void **state)
{
	(void)state;
	start();
	type("ab\x12z\n");
	expect_line("abz\n");
	expect_output("ab^R\r\nabz\r\n");
}

static void end_of_file_ends_a_line_without_a_character(void **state)
{
	uint8_t buffer[8];
	bool ended;
	(void)state;
	start();
	type("abc\x04\x04");
	assert_int_equal(discipline_input_bytes(&d), 3);
	expect_line("abc");
	expect_line("");
	type("abc\x04");
	assert_int_equal(discipline_take(&d, buffer, 3, &ended), 3);
	assert_false(ended);
	discipline_skip_end_of_file(&d);
	expect_nothing();
}

static void lines_are_read_in_parts(void **state)
{
	uint8_t buffer[8];
	bool ended;
	(void)state;
	start();
	type("abcdef\nxy\n");
	assert_int_equal(discipline_take(&d, buffer, 4, &ended), 4);
	assert_false(ended);
	expect_line("ef\n");
	expect_line("xy\n");
}

static void other_characters_end_lines(void **state)
{
	struct linux_termios settings;
	(void)state;
	start();
	settings = d.settings;
	settings.characters[LINUX_VEOL] = ';';
	settings.characters[LINUX_VEOL2] = '!';
	discipline_configure(&d, &settings);
	type("a;b!c");
	expect_line("a;");
	expect_line("b!");
	expect_nothing();
}

static void signals_flush_and_are_echoed(void **state)
{
	(void)state;
	start();
	type("lost\x03");
	assert_int_equal(events.signals, 1u << LINUX_SIGINT);
	assert_true(events.input_flushed && events.output_flushed);
	expect_output("^C");
	type("kept\n");
	expect_line("kept\n");
	type("\x1c\x1a");
	assert_int_equal(events.signals, 1u << LINUX_SIGINT | 1u << LINUX_SIGQUIT | 1u << LINUX_SIGTSTP);
	start_local(LINUX_NOFLSH, 0);
	type("kept\x03 too\n");
	expect_line("kept too\n");
	expect_output("kept^C too\r\n");
	assert_false(events.input_flushed);
	start_local(0, LINUX_ISIG);
	type("\x03\n");
	expect_line("\x03\n");
	assert_int_equal(events.signals, 0);
}

static void output_stops_and_starts(void **state)
{
	(void)state;
	start();
	type("\x13");
	assert_true(d.stopped && events.stopped);
	type("x\x11");
	assert_true(!d.stopped && events.started);
	start_input(LINUX_IXANY, 0);
	type("\x13x");
	assert_false(d.stopped);
	start_input(0, LINUX_IXON);
	type("\x13\n");
	assert_false(d.stopped);
	expect_line("\x13\n");
}

static void a_stopped_pty_takes_no_output(void **state)
{
	struct linux_termios settings;
	(void)state;
	discipline_default_settings(&settings);
	discipline_init(&d, &settings, true);
	type("\x13");
	assert_int_equal(discipline_write(&d, (const uint8_t *)"x", 1), 0);
	type("\x11");
	assert_int_equal(discipline_write(&d, (const uint8_t *)"x", 1), 1);
}

static void input_is_translated(void **state)
{
	(void)state;
	start_input(0, LINUX_ICRNL);
	type("a\rb\n");
	expect_line("a\rb\n");
	start_input(LINUX_IGNCR, 0);
	type("a\rb\n");
	expect_line("ab\n");
	start_input(LINUX_INLCR, LINUX_ICRNL);
	type("a\nb\x04");
	expect_line("a\rb");
	start_input(LINUX_ISTRIP, 0);
	type("\xe1\xe2\n");
	expect_line("ab\n");
	start_input(LINUX_IUCLC, 0);
	type("AbC\n");
	expect_line("abc\n");
}

static void output_is_processed(void **state)
{
	(void)state;
	start_output(LINUX_OPOST | LINUX_ONLCR);
	expect_written("a\nb\tc", "a\r\nb\tc");
	start_output(LINUX_OPOST | LINUX_XTABS);
	expect_written("abc\t|\b\t|", "abc     |\b        |");
	start_output(LINUX_OPOST | LINUX_OCRNL);
	expect_written("a\rb", "a\nb");
	start_output(LINUX_OPOST | LINUX_ONOCR);
	expect_written("\ra\r", "a\r");
	start_output(LINUX_OPOST | LINUX_OLCUC);
	expect_written("aZ", "AZ");
	start_output(LINUX_OPOST | LINUX_ONLRET | LINUX_XTABS);
	expect_written("a\n\t|", "a\n        |");
	start_output(LINUX_ONLCR | LINUX_XTABS);
	expect_written("a\n\t", "a\n\t");
}

static void processed_output_never_tears_a_newline(void **state)
{
	(void)state;
	start();
	for (uint32_t i = 0; i < BYTE_RING_SIZE - 1; i++)
		assert_int_equal(discipline_write(&d, (const uint8_t *)"x", 1), 1);
	assert_int_equal(discipline_write(&d, (const uint8_t *)"\n", 1), 0);
	byte_ring_drop(&d.output, 1);
	assert_int_equal(discipline_write(&d, (const uint8_t *)"\n", 1), 1);
	assert_int_equal(byte_ring_room(&d.output), 0);
}

static void raw_input_is_every_byte_as_it_is(void **state)
{
	uint8_t all[256], got[256];
	bool ended;
	(void)state;
	start_raw();
	for (uint32_t i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	for (uint32_t round = 0; round < 100; round++) {
		assert_int_equal(discipline_feed(&d, all, 256, &events), 256);
		assert_int_equal(discipline_take(&d, got, 256, &ended), 256);
		assert_memory_equal(got, all, 256);
	}
	expect_output("");
	assert_int_equal(events.signals, 0);
}

static void raw_input_waits_when_the_queue_is_full(void **state)
{
	static uint8_t bytes[INPUT_SIZE + 100], got[INPUT_SIZE];
	bool ended;
	(void)state;
	start_raw();
	for (uint32_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	assert_int_equal(discipline_feed(&d, bytes, sizeof(bytes), &events), INPUT_SIZE - 1);
	assert_int_equal(discipline_feed(&d, bytes, 1, &events), 0);
	assert_int_equal(discipline_take(&d, got, 10, &ended), 10);
	assert_int_equal(discipline_feed(&d, bytes + INPUT_SIZE - 1, 101, &events), 10);
	assert_int_equal(discipline_take(&d, got, INPUT_SIZE, &ended), INPUT_SIZE - 1);
	assert_memory_equal(got, bytes + 10, INPUT_SIZE - 1);
}

static void a_line_too_long_keeps_its_start_and_its_end(void **state)
{
	static char got[INPUT_SIZE];
	bool ended;
	(void)state;
	start_local(0, LINUX_ECHO);
	for (uint32_t i = 0; i < INPUT_SIZE + 500; i++)
		type(i < INPUT_SIZE - 1 ? "a" : "b");
	type("\n");
	assert_int_equal(discipline_take(&d, (uint8_t *)got, INPUT_SIZE, &ended), INPUT_SIZE);
	assert_true(ended);
	assert_int_equal(got[INPUT_SIZE - 2], 'a');
	assert_int_equal(got[INPUT_SIZE - 1], '\n');
}

static void complete_lines_stay_when_the_queue_is_full(void **state)
{
	char line[101];
	uint32_t fed = 0;
	(void)state;
	start();
	memset(line, 'x', 99);
	line[99] = '\n';
	while (discipline_feed(&d, (const uint8_t *)line, 100, &events) == 100) {
		byte_ring_flush(&d.output);
		fed++;
	}
	assert_int_equal(fed, 40);
	line[100] = 0;
	for (uint32_t i = 0; i < fed; i++)
		expect_line(line);
	expect_nothing();
}

static void marks_tell_breaks_from_bytes(void **state)
{
	(void)state;
	start_input(LINUX_PARMRK, 0);
	type("a\xff");
	discipline_feed_break(&d, &events);
	type("\n");
	assert_int_equal(discipline_queued(&d), 7);
	assert_memory_equal(d.input, "a\xff\xff\xff\0\0\n", 7);
	start_input(LINUX_BRKINT, 0);
	discipline_feed_break(&d, &events);
	assert_int_equal(events.signals, 1u << LINUX_SIGINT);
	start_input(LINUX_IGNBRK, 0);
	discipline_feed_break(&d, &events);
	assert_int_equal(discipline_queued(&d), 0);
	assert_int_equal(events.signals, 0);
}

static void changing_modes_keeps_what_was_typed(void **state)
{
	struct linux_termios settings;
	(void)state;
	start();
	type("half");
	expect_nothing();
	settings = d.settings;
	settings.local &= ~LINUX_ICANON;
	discipline_configure(&d, &settings);
	assert_int_equal(discipline_input_bytes(&d), 4);
	assert_true(discipline_readable(&d, 4));
	assert_false(discipline_readable(&d, 5));
	settings.local |= LINUX_ICANON;
	discipline_configure(&d, &settings);
	expect_line("half");
	expect_nothing();
}

static void the_character_zero_edits_nothing(void **state)
{
	const uint8_t bytes[] = { 'a', 0, 'b', '\n' };
	struct linux_termios settings;
	(void)state;
	start();
	settings = d.settings;
	memset(settings.characters, 0, sizeof(settings.characters));
	discipline_configure(&d, &settings);
	assert_int_equal(discipline_feed(&d, bytes, 4, &events), 4);
	assert_int_equal(discipline_input_bytes(&d), 4);
	assert_int_equal(events.signals, 0);
	assert_false(d.stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_readable_when_it_is_complete),
		cmocka_unit_test(erasing_takes_characters_words_and_lines_back),
		cmocka_unit_test(erasing_goes_back_over_tabs_and_control_characters),
		cmocka_unit_test(a_character_of_several_bytes_is_erased_as_one),
		cmocka_unit_test(erasing_shows_what_the_flags_say),
		cmocka_unit_test(echo_can_be_off_but_for_newlines),
		cmocka_unit_test(the_next_character_is_quoted),
		cmocka_unit_test(a_line_is_shown_again),
		cmocka_unit_test(end_of_file_ends_a_line_without_a_character),
		cmocka_unit_test(lines_are_read_in_parts),
		cmocka_unit_test(other_characters_end_lines),
		cmocka_unit_test(signals_flush_and_are_echoed),
		cmocka_unit_test(output_stops_and_starts),
		cmocka_unit_test(a_stopped_pty_takes_no_output),
		cmocka_unit_test(input_is_translated),
		cmocka_unit_test(output_is_processed),
		cmocka_unit_test(processed_output_never_tears_a_newline),
		cmocka_unit_test(raw_input_is_every_byte_as_it_is),
		cmocka_unit_test(raw_input_waits_when_the_queue_is_full),
		cmocka_unit_test(a_line_too_long_keeps_its_start_and_its_end),
		cmocka_unit_test(complete_lines_stay_when_the_queue_is_full),
		cmocka_unit_test(marks_tell_breaks_from_bytes),
		cmocka_unit_test(changing_modes_keeps_what_was_typed),
		cmocka_unit_test(the_character_zero_edits_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
