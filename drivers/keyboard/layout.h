/* SPDX-License-Identifier: MIT */
/*
 * layout: what a key means on a US keyboard, with the modifier and lock keys that are down or on. Pure.
 *
 * Shift and caps lock are applied to characters here; control and alt are passed on. The keypad gives digits with num lock
 * and without shift, else cursor keys.
 */
#ifndef LICHEN_KEYBOARD_LAYOUT_H
#define LICHEN_KEYBOARD_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include "keyboard_protocol.h"
#include "scancode.h"

#define LAYOUT_LED_NUM 0x2u /* as the keyboard's command for its lights wants them */
#define LAYOUT_LED_CAPS 0x4u

struct layout {
	bool down[SCANCODE_KEYS]; /* of modifier and lock keys only */
	bool caps, num;           /* locks that are on */
};

/* True when the event is a stroke. Locks may change: see layout_leds. */
bool layout_take(struct layout *layout, struct scancode_event event, struct keyboard_stroke *stroke);
/* Lights that should be on. */
uint8_t layout_leds(const struct layout *layout);

#endif
