/* SPDX-License-Identifier: MIT */
/*
 * cp437: which of the 256 characters of a PC's text screen shows a Unicode character: the same, or one that looks alike.
 */
#ifndef LICHEN_SCREEN_CP437_H
#define LICHEN_SCREEN_CP437_H

#include <stdint.h>

/* '?' when nothing looks alike; 0 gives a blank. */
uint8_t cp437_of(uint32_t character);

#endif
