/* SPDX-License-Identifier: MIT */
/*
 * layout: see layout.h.
 */
#include "layout.h"

#include <assert.h>

#define EXTENDED(code) ((code) | SCANCODE_EXTENDED)

enum special_key {
	CODE_LEFT_CTRL = 0x1d,
	CODE_LEFT_SHIFT = 0x2a,
	CODE_RIGHT_SHIFT = 0x36,
	CODE_LEFT_ALT = 0x38,
	CODE_CAPS_LOCK = 0x3a,
	CODE_NUM_LOCK = 0x45,
	CODE_KEYPAD_FIRST = 0x47,
	CODE_KEYPAD_LAST = 0x53,
	CODE_RIGHT_CTRL = EXTENDED(0x1d),
	CODE_KEYPAD_SLASH = EXTENDED(0x35),
	CODE_RIGHT_ALT = EXTENDED(0x38),
};

#define FIRST_CHARACTER 0x02
static const char plain[] = "1234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static const char shifted[] = "!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";
static_assert(sizeof plain == 0x3a - FIRST_CHARACTER + 1, "one for each key up to the space bar");
static_assert(sizeof shifted == sizeof plain, "the same keys");

static const char keypad_digits[] = "789-456+1230.";
static const uint8_t keypad_keys[] = {
	KEYBOARD_KEY_HOME,   KEYBOARD_KEY_UP,     KEYBOARD_KEY_PAGE_UP,   KEYBOARD_KEY_CHARACTER,
	KEYBOARD_KEY_LEFT,   KEYBOARD_KEY_CENTER, KEYBOARD_KEY_RIGHT,     KEYBOARD_KEY_CHARACTER,
	KEYBOARD_KEY_END,    KEYBOARD_KEY_DOWN,   KEYBOARD_KEY_PAGE_DOWN, KEYBOARD_KEY_INSERT,
	KEYBOARD_KEY_DELETE,
};

static bool is_held(uint8_t code)
{
	switch (code) {
	case CODE_LEFT_CTRL:
	case CODE_RIGHT_CTRL:
	case CODE_LEFT_SHIFT:
	case CODE_RIGHT_SHIFT:
	case CODE_LEFT_ALT:
	case CODE_RIGHT_ALT:
	case CODE_CAPS_LOCK:
	case CODE_NUM_LOCK: return true;
	default: return false;
	}
}

/* A lock changes when its key goes down, not while it repeats. */
static void take_held(struct layout *layout, struct scancode_event event)
{
	bool fresh = event.pressed && !layout->down[event.code];

	layout->down[event.code] = event.pressed;
	if (fresh && event.code == CODE_CAPS_LOCK)
		layout->caps = !layout->caps;
	if (fresh && event.code == CODE_NUM_LOCK)
		layout->num = !layout->num;
}

static uint32_t modifiers(const struct layout *layout)
{
	const bool *down = layout->down;
	uint32_t held = 0;

	held |= down[CODE_LEFT_SHIFT] || down[CODE_RIGHT_SHIFT] ? KEYBOARD_MODIFIER_SHIFT : 0;
	held |= down[CODE_LEFT_CTRL] || down[CODE_RIGHT_CTRL] ? KEYBOARD_MODIFIER_CTRL : 0;
	held |= down[CODE_LEFT_ALT] || down[CODE_RIGHT_ALT] ? KEYBOARD_MODIFIER_ALT : 0;
	return held;
}

static bool set_character(struct keyboard_stroke *stroke, char character)
{
	stroke->key = KEYBOARD_KEY_CHARACTER;
	stroke->character = (uint8_t)character;
	return character != '\0';
}

static bool is_letter(char character)
{
	return character >= 'a' && character <= 'z';
}

static bool take_character(const struct layout *layout, uint8_t code, struct keyboard_stroke *stroke)
{
	char base = plain[code - FIRST_CHARACTER];
	bool shift = (stroke->modifiers & KEYBOARD_MODIFIER_SHIFT) != 0;

	if (is_letter(base) && layout->caps)
		shift = !shift;
	switch (base) {
	case '\b': stroke->key = KEYBOARD_KEY_BACKSPACE; return true;
	case '\t': stroke->key = KEYBOARD_KEY_TAB; return true;
	case '\n': stroke->key = KEYBOARD_KEY_ENTER; return true;
	default: return set_character(stroke, shift ? shifted[code - FIRST_CHARACTER] : base);
	}
}

static bool take_keypad(const struct layout *layout, uint8_t place, struct keyboard_stroke *stroke)
{
	bool digits = layout->num && !(stroke->modifiers & KEYBOARD_MODIFIER_SHIFT);

	if (digits || keypad_keys[place] == KEYBOARD_KEY_CHARACTER)
		return set_character(stroke, keypad_digits[place]);
	stroke->key = keypad_keys[place];
	return true;
}

/* Keys of the set behind E0 that the main set does not have at the same place. */
static bool take_extended(uint8_t code, struct keyboard_stroke *stroke)
{
	uint8_t place = (uint8_t)((code & (uint8_t)~SCANCODE_EXTENDED) - CODE_KEYPAD_FIRST);

	if (code == CODE_KEYPAD_SLASH)
		return set_character(stroke, '/');
	if (code == EXTENDED(0x1c)) {
		stroke->key = KEYBOARD_KEY_ENTER;
		return true;
	}
	if (place >= sizeof keypad_keys || keypad_keys[place] == KEYBOARD_KEY_CHARACTER ||
	    keypad_keys[place] == KEYBOARD_KEY_CENTER)
		return false;
	stroke->key = keypad_keys[place];
	return true;
}

static bool take_other(uint8_t code, struct keyboard_stroke *stroke)
{
	if (code == 0x01)
		stroke->key = KEYBOARD_KEY_ESCAPE;
	else if (code >= 0x3b && code <= 0x44)
		stroke->key = KEYBOARD_KEY_F1 + (uint32_t)(code - 0x3b);
	else if (code == 0x57 || code == 0x58)
		stroke->key = KEYBOARD_KEY_F11 + (uint32_t)(code - 0x57);
	else if (code == 0x56)
		return set_character(stroke, stroke->modifiers & KEYBOARD_MODIFIER_SHIFT ? '>' : '<');
	else
		return false;
	return true;
}

bool layout_take(struct layout *layout, struct scancode_event event, struct keyboard_stroke *stroke)
{
	uint8_t code = event.code;

	if (is_held(code)) {
		take_held(layout, event);
		return false;
	}
	if (!event.pressed)
		return false;
	*stroke = (struct keyboard_stroke){ .modifiers = modifiers(layout) };
	if (code >= FIRST_CHARACTER && code < FIRST_CHARACTER + sizeof plain - 1)
		return take_character(layout, code, stroke);
	if (code >= CODE_KEYPAD_FIRST && code <= CODE_KEYPAD_LAST)
		return take_keypad(layout, (uint8_t)(code - CODE_KEYPAD_FIRST), stroke);
	if (code & SCANCODE_EXTENDED)
		return take_extended(code, stroke);
	return take_other(code, stroke);
}

uint8_t layout_leds(const struct layout *layout)
{
	return (uint8_t)((layout->num ? LAYOUT_LED_NUM : 0) | (layout->caps ? LAYOUT_LED_CAPS : 0));
}
