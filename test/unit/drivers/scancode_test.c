/* SPDX-License-Identifier: MIT */
/*
 * A keyboard's bytes, in either set, become strokes: against what a US keyboard has printed on its keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "keyboard/layout.h"
#include "keyboard/scancode.h"

static struct scancode_decoder decoder;
static struct layout layout;

static void start(bool raw)
{
	scancode_start(&decoder, raw);
	memset(&layout, 0, sizeof layout);
}

/* Feeds bytes; answers how many strokes came, the last one in *stroke. */
static int feed(const char *bytes, size_t count, struct keyboard_stroke *stroke)
{
	struct scancode_event event;
	int strokes = 0;

	for (size_t i = 0; i < count; i++) {
		if (scancode_take(&decoder, (uint8_t)bytes[i], &event) && layout_take(&layout, event, stroke))
			strokes++;
	}
	return strokes;
}

#define FEED(bytes, stroke) feed(bytes, sizeof(bytes) - 1, stroke)

static void expect_character(const char *bytes, size_t count, char character, uint32_t modifiers)
{
	struct keyboard_stroke stroke;

	assert_int_equal(feed(bytes, count, &stroke), 1);
	assert_int_equal(stroke.key, KEYBOARD_KEY_CHARACTER);
	assert_int_equal(stroke.character, character);
	assert_int_equal(stroke.modifiers, modifiers);
}

#define EXPECT(bytes, character, modifiers) expect_character(bytes, sizeof(bytes) - 1, character, modifiers)

static void expect_key(const char *bytes, size_t count, uint32_t key)
{
	struct keyboard_stroke stroke;

	assert_int_equal(feed(bytes, count, &stroke), 1);
	assert_int_equal(stroke.key, key);
	assert_int_equal(stroke.character, 0);
}

#define EXPECT_KEY(bytes, key) expect_key(bytes, sizeof(bytes) - 1, key)

static void characters_follow_the_key_caps(void **state)
{
	static const char codes[] = "\x02\x0b\x10\x19\x1e\x26\x2c\x32\x35\x39\x29\x2b\x1a";
	static const char plain[] = "10qpalzm/ `\\[", shifted[] = "!)QPALZM? ~|{";

	(void)state;
	start(false);
	for (size_t i = 0; i < sizeof plain - 1; i++)
		expect_character(&codes[i], 1, plain[i], 0);
	assert_int_equal(FEED("\x36", NULL), 0);
	for (size_t i = 0; i < sizeof plain - 1; i++)
		expect_character(&codes[i], 1, shifted[i], KEYBOARD_MODIFIER_SHIFT);
	assert_int_equal(FEED("\xb6", NULL), 0);
	EXPECT("\x1e", 'a', 0);
}

static void modifiers_hold_while_down(void **state)
{
	(void)state;
	start(false);
	EXPECT("\x1d\x2e", 'c', KEYBOARD_MODIFIER_CTRL);
	EXPECT("\x38\x2e", 'c', KEYBOARD_MODIFIER_CTRL | KEYBOARD_MODIFIER_ALT);
	EXPECT("\x9d\x2e", 'c', KEYBOARD_MODIFIER_ALT);
	EXPECT("\xb8\x2e", 'c', 0);
	/* Both shifts: one released leaves the other. */
	EXPECT("\x2a\x36\xaa\x1e", 'A', KEYBOARD_MODIFIER_SHIFT);
	EXPECT("\xb6\x1e", 'a', 0);
	EXPECT("\xe0\x1d\x1e", 'a', KEYBOARD_MODIFIER_CTRL);
	EXPECT("\xe0\x9d\xe0\x38\x1e", 'a', KEYBOARD_MODIFIER_ALT);
}

static void locks_change_when_pressed_once(void **state)
{
	(void)state;
	start(false);
	assert_int_equal(FEED("\x3a\x3a\x3a\xba", NULL), 0);
	assert_int_equal(layout_leds(&layout), LAYOUT_LED_CAPS);
	EXPECT("\x1e", 'A', 0);
	EXPECT("\x02", '1', 0);
	EXPECT("\x2a\x1e", 'a', KEYBOARD_MODIFIER_SHIFT);
	assert_int_equal(FEED("\xaa\x3a\xba", NULL), 0);
	assert_int_equal(layout_leds(&layout), 0);
	EXPECT_KEY("\x47", KEYBOARD_KEY_HOME);
	EXPECT_KEY("\x4c", KEYBOARD_KEY_CENTER);
	assert_int_equal(FEED("\x45\xc5", NULL), 0);
	assert_int_equal(layout_leds(&layout), LAYOUT_LED_NUM);
	EXPECT("\x47", '7', 0);
	EXPECT("\x53", '.', 0);
}

static void other_keys_have_names(void **state)
{
	(void)state;
	start(false);
	EXPECT_KEY("\x01", KEYBOARD_KEY_ESCAPE);
	EXPECT_KEY("\x0e", KEYBOARD_KEY_BACKSPACE);
	EXPECT_KEY("\x0f", KEYBOARD_KEY_TAB);
	EXPECT_KEY("\x1c", KEYBOARD_KEY_ENTER);
	EXPECT_KEY("\xe0\x1c", KEYBOARD_KEY_ENTER);
	EXPECT_KEY("\x3b", KEYBOARD_KEY_F1);
	EXPECT_KEY("\x44", KEYBOARD_KEY_F10);
	EXPECT_KEY("\x58", KEYBOARD_KEY_F12);
	EXPECT_KEY("\xe0\x48", KEYBOARD_KEY_UP);
	EXPECT_KEY("\xe0\x53", KEYBOARD_KEY_DELETE);
	EXPECT_KEY("\xe0\x51", KEYBOARD_KEY_PAGE_DOWN);
	EXPECT("\xe0\x35", '/', 0);
	/* The shift keys that nobody pressed, and Pause. */
	EXPECT_KEY("\xe0\x2a\xe0\x4b\xe0\xcb\xe0\xaa", KEYBOARD_KEY_LEFT);
	EXPECT("\xe1\x1d\x45\xe1\x9d\xc5\x1e", 'a', 0);
}

static void the_untranslated_set_gives_the_same(void **state)
{
	(void)state;
	start(true);
	EXPECT("\x1c", 'a', 0);
	assert_int_equal(FEED("\xf0\x1c", NULL), 0);
	EXPECT("\x12\x1c", 'A', KEYBOARD_MODIFIER_SHIFT);
	assert_int_equal(FEED("\xf0\x12", NULL), 0);
	EXPECT_KEY("\xe0\x75", KEYBOARD_KEY_UP);
	assert_int_equal(FEED("\xe0\xf0\x75", NULL), 0);
	EXPECT_KEY("\x83", KEYBOARD_KEY_F7);
	EXPECT_KEY("\x78", KEYBOARD_KEY_F11);
	EXPECT("\xe1\x14\x77\xe1\xf0\x14\xf0\x77\x16", '1', 0);
	EXPECT("\x29", ' ', 0);
}

/* Noise neither goes out of bounds nor leaves the decoder deaf. */
static void noise_is_survived(void **state)
{
	struct keyboard_stroke stroke;

	(void)state;
	srand(42);
	for (int round = 0; round < 2; round++) {
		start(round == 1);
		for (int i = 0; i < 200000; i++) {
			char byte = (char)rand();
			(void)feed(&byte, 1, &stroke);
		}
		for (int i = 0; i < 16; i++)
			(void)FEED("\x9e", &stroke);
		scancode_start(&decoder, round == 1);
		assert_int_equal(feed(round == 1 ? "\x1c" : "\x1e", 1, &stroke), 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_follow_the_key_caps),
		cmocka_unit_test(modifiers_hold_while_down),
		cmocka_unit_test(locks_change_when_pressed_once),
		cmocka_unit_test(other_keys_have_names),
		cmocka_unit_test(the_untranslated_set_gives_the_same),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
