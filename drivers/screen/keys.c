/* SPDX-License-Identifier: MIT */
/*
 * keys: see keys.h. Console codes: console_codes(4); control characters: what Linux's default keymap gives.
 */
#include "keys.h"

#include <stdbool.h>
#include <string.h>

#define ESCAPE '\033'

static const char *const sequences[] = {
	[KEYBOARD_KEY_ENTER] = "\r",        [KEYBOARD_KEY_TAB] = "\t",
	[KEYBOARD_KEY_BACKSPACE] = "\177",  [KEYBOARD_KEY_ESCAPE] = "\033",
	[KEYBOARD_KEY_INSERT] = "\033[2~",  [KEYBOARD_KEY_DELETE] = "\033[3~",
	[KEYBOARD_KEY_HOME] = "\033[1~",    [KEYBOARD_KEY_END] = "\033[4~",
	[KEYBOARD_KEY_PAGE_UP] = "\033[5~", [KEYBOARD_KEY_PAGE_DOWN] = "\033[6~",
	[KEYBOARD_KEY_F1] = "\033[[A",      [KEYBOARD_KEY_F2] = "\033[[B",
	[KEYBOARD_KEY_F3] = "\033[[C",      [KEYBOARD_KEY_F4] = "\033[[D",
	[KEYBOARD_KEY_F5] = "\033[[E",      [KEYBOARD_KEY_F6] = "\033[17~",
	[KEYBOARD_KEY_F7] = "\033[18~",     [KEYBOARD_KEY_F8] = "\033[19~",
	[KEYBOARD_KEY_F9] = "\033[20~",     [KEYBOARD_KEY_F10] = "\033[21~",
	[KEYBOARD_KEY_F11] = "\033[23~",    [KEYBOARD_KEY_F12] = "\033[24~",
	[KEYBOARD_KEY_CENTER] = "\033[G",
};

static uint32_t put_utf8(uint32_t character, char *out)
{
	if (character < 0x80) {
		out[0] = (char)character;
		return 1;
	}
	if (character < 0x800) {
		out[0] = (char)(0xc0 | character >> 6);
		out[1] = (char)(0x80 | (character & 0x3f));
		return 2;
	}
	out[0] = (char)(0xe0 | (character >> 12 & 0xf));
	out[1] = (char)(0x80 | (character >> 6 & 0x3f));
	out[2] = (char)(0x80 | (character & 0x3f));
	return 3;
}

/* Control with a key that has no control character sends the key alone. */
static uint32_t with_control(uint32_t character)
{
	static const char keys[] = "2 3456789/?", sent[] = { 0, 0, 27, 28, 29, 30, 31, 127, '9', 31, 127 };
	const char *place;

	if (character >= '@' && character <= '~' && character != '`')
		return character & 0x1f;
	place = character != 0 && character < 0x80 ? strchr(keys, (int)character) : NULL;
	return place != NULL ? (uint32_t)sent[place - keys] : character;
}

static uint32_t put_key(const struct keyboard_stroke *stroke, char *out)
{
	bool control = (stroke->modifiers & KEYBOARD_MODIFIER_CTRL) != 0;
	size_t length;

	if (stroke->key == KEYBOARD_KEY_CHARACTER)
		return put_utf8(control ? with_control(stroke->character) : stroke->character, out);
	if (stroke->key >= sizeof sequences / sizeof sequences[0] || sequences[stroke->key] == NULL)
		return 0;
	if (stroke->key == KEYBOARD_KEY_BACKSPACE && control) {
		out[0] = '\b';
		return 1;
	}
	length = strlen(sequences[stroke->key]);
	memcpy(out, sequences[stroke->key], length);
	return (uint32_t)length;
}

/* Alt sends an escape first, except before what begins with one. */
uint32_t keys_encode(const struct keyboard_stroke *stroke, char out[KEYS_BYTES])
{
	uint32_t length = put_key(stroke, out + 1);

	if (length == 0)
		return 0;
	if ((stroke->modifiers & KEYBOARD_MODIFIER_ALT) && out[1] != ESCAPE) {
		out[0] = ESCAPE;
		return length + 1;
	}
	memmove(out, out + 1, length);
	return length;
}
