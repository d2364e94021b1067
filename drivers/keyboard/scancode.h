/* SPDX-License-Identifier: MIT */
/*
 * scancode: turns the bytes of a PS/2 keyboard into presses and releases of keys. Keys are numbered as in scan code set 1,
 * with SCANCODE_EXTENDED added for those that come after the prefix E0. Where the controller does not translate, the
 * bytes are of set 2; they are brought to the same numbers here. Pure; any sequence of bytes is taken.
 */
#ifndef LICHEN_KEYBOARD_SCANCODE_H
#define LICHEN_KEYBOARD_SCANCODE_H

#include <stdbool.h>
#include <stdint.h>

#define SCANCODE_EXTENDED 0x80u
#define SCANCODE_KEYS 0x100u /* codes lie below */

struct scancode_decoder {
	bool raw;        /* bytes are of set 2 */
	bool extended;   /* E0 came */
	bool release;    /* F0 came (set 2) */
	uint8_t skipped; /* bytes of the Pause key still to come */
};

struct scancode_event {
	uint8_t code;
	bool pressed;
};

void scancode_start(struct scancode_decoder *decoder, bool raw);
/* True when the byte completes an event. */
bool scancode_take(struct scancode_decoder *decoder, uint8_t byte, struct scancode_event *event);

#endif
