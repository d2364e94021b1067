/* SPDX-License-Identifier: MIT */
/*
 * What strokes send: the sequences of terminal type "linux".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "screen/keys.h"

#define CTRL KEYBOARD_MODIFIER_CTRL
#define ALT KEYBOARD_MODIFIER_ALT
#define SHIFT KEYBOARD_MODIFIER_SHIFT

static void expect(uint32_t key, uint32_t character, uint32_t modifiers, const char *sent, uint32_t bytes)
{
	const struct keyboard_stroke stroke = { .key = key, .modifiers = modifiers, .character = character };
	char out[KEYS_BYTES];

	memset(out, 0x55, sizeof out);
	assert_int_equal(keys_encode(&stroke, out), bytes);
	assert_memory_equal(out, sent, bytes);
}

#define CHARACTER(character, modifiers, sent)                                                                \
	expect(KEYBOARD_KEY_CHARACTER, character, modifiers, sent, sizeof(sent) - 1)
#define KEY(key, modifiers, sent) expect(key, 0, modifiers, sent, sizeof(sent) - 1)

static void characters_are_sent(void **state)
{
	(void)state;
	CHARACTER('a', 0, "a");
	CHARACTER('A', SHIFT, "A");
	CHARACTER(0xfc, 0, "\xc3\xbc");
	CHARACTER(0x20ac, 0, "\xe2\x82\xac");
	CHARACTER('x', ALT, "\033x");
	CHARACTER(0x20ac, ALT, "\033\xe2\x82\xac");
}

static void control_makes_control_characters(void **state)
{
	(void)state;
	CHARACTER('c', CTRL, "\003");
	CHARACTER('C', CTRL | SHIFT, "\003");
	CHARACTER('c', CTRL | ALT, "\033\003");
	CHARACTER(' ', CTRL, "\0");
	CHARACTER('@', CTRL | SHIFT, "\0");
	CHARACTER('[', CTRL, "\033");
	CHARACTER('\\', CTRL, "\034");
	CHARACTER(']', CTRL, "\035");
	CHARACTER('_', CTRL | SHIFT, "\037");
	CHARACTER('/', CTRL, "\037");
	CHARACTER('?', CTRL | SHIFT, "\177");
	CHARACTER('1', CTRL, "1");
	CHARACTER(0, CTRL, "\0");
}

static void keys_have_sequences(void **state)
{
	(void)state;
	KEY(KEYBOARD_KEY_ENTER, 0, "\r");
	KEY(KEYBOARD_KEY_BACKSPACE, 0, "\177");
	KEY(KEYBOARD_KEY_BACKSPACE, CTRL, "\b");
	KEY(KEYBOARD_KEY_BACKSPACE, ALT, "\033\177");
	KEY(KEYBOARD_KEY_TAB, ALT, "\033\t");
	KEY(KEYBOARD_KEY_ESCAPE, 0, "\033");
	KEY(KEYBOARD_KEY_HOME, 0, "\033[1~");
	KEY(KEYBOARD_KEY_END, ALT, "\033[4~");
	KEY(KEYBOARD_KEY_F1, 0, "\033[[A");
	KEY(KEYBOARD_KEY_F6, 0, "\033[17~");
	KEY(KEYBOARD_KEY_F12, 0, "\033[24~");
	KEY(KEYBOARD_KEY_UP, 0, ""); /* the terminal's */
	KEY(4711, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_are_sent),
		cmocka_unit_test(control_makes_control_characters),
		cmocka_unit_test(keys_have_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
