/* SPDX-License-Identifier: MIT */
/*
 * scancode: see scancode.h. Pause has no release and comes after E1: E1 1D 45 E1 9D C5 in set 1, E1 14 77 E1 F0 14 F0 77 in
 * set 2; it is skipped. Before some extended keys a keyboard sends shift keys that nobody pressed (E0 2A and the like),
 * to please programs of 1984; they are dropped.
 */
#include "scancode.h"

#define PREFIX_EXTENDED 0xe0
#define PREFIX_PAUSE 0xe1
#define PREFIX_RELEASE 0xf0
#define RELEASED 0x80
#define PAUSE_BYTES_SET1 5
#define PAUSE_BYTES_SET2 7
#define LEFT_SHIFT 0x2a
#define RIGHT_SHIFT 0x36

/* Code in set 2 of each key of set 1. */
static const uint8_t set2_of[] = {
	/* 00 */ 0x00, 0x76, 0x16, 0x1e, 0x26, 0x25, 0x2e, 0x36, 0x3d,
	0x3e,          0x46, 0x45, 0x4e, 0x55, 0x66, 0x0d,
	/* 10 */ 0x15, 0x1d, 0x24, 0x2d, 0x2c, 0x35, 0x3c, 0x43, 0x44,
	0x4d,          0x54, 0x5b, 0x5a, 0x14, 0x1c, 0x1b,
	/* 20 */ 0x23, 0x2b, 0x34, 0x33, 0x3b, 0x42, 0x4b, 0x4c, 0x52,
	0x0e,          0x12, 0x5d, 0x1a, 0x22, 0x21, 0x2a,
	/* 30 */ 0x32, 0x31, 0x3a, 0x41, 0x49, 0x4a, 0x59, 0x7c, 0x11,
	0x29,          0x58, 0x05, 0x06, 0x04, 0x0c, 0x03,
	/* 40 */ 0x0b, 0x83, 0x0a, 0x01, 0x09, 0x77, 0x7e, 0x6c, 0x75,
	0x7d,          0x7b, 0x6b, 0x73, 0x74, 0x79, 0x69,
	/* 50 */ 0x72, 0x7a, 0x70, 0x71, 0x84, 0x00, 0x61, 0x78, 0x07,
};

void scancode_start(struct scancode_decoder *decoder, bool raw)
{
	*decoder = (struct scancode_decoder){ .raw = raw };
}

/* The key of set 1, 0 for none. */
static uint8_t translated(uint8_t byte)
{
	for (uint8_t code = 1; code < sizeof set2_of; code++) {
		if (set2_of[code] == byte && byte != 0)
			return code;
	}
	return 0;
}

static bool complete(struct scancode_decoder *decoder, uint8_t code, bool pressed,
		     struct scancode_event *event)
{
	bool extended = decoder->extended;

	decoder->extended = false;
	decoder->release = false;
	if (code == 0 || (extended && (code == LEFT_SHIFT || code == RIGHT_SHIFT)))
		return false;
	*event = (struct scancode_event){ .code = (uint8_t)(code | (extended ? SCANCODE_EXTENDED : 0)),
					  .pressed = pressed };
	return true;
}

/* Prefixes of both sets, and what follows E1. */
static bool take_prefix(struct scancode_decoder *decoder, uint8_t byte)
{
	if (decoder->skipped != 0) {
		decoder->skipped--;
		return true;
	}
	if (byte == PREFIX_PAUSE)
		decoder->skipped = decoder->raw ? PAUSE_BYTES_SET2 : PAUSE_BYTES_SET1;
	else if (byte == PREFIX_EXTENDED)
		decoder->extended = true;
	else if (decoder->raw && byte == PREFIX_RELEASE)
		decoder->release = true;
	else
		return false;
	return true;
}

bool scancode_take(struct scancode_decoder *decoder, uint8_t byte, struct scancode_event *event)
{
	if (take_prefix(decoder, byte))
		return false;
	if (decoder->raw)
		return complete(decoder, translated(byte), !decoder->release, event);
	return complete(decoder, byte & (uint8_t)~RELEASED, !(byte & RELEASED), event);
}
