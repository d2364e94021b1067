/* SPDX-License-Identifier: MIT */
/*
 * keys: what a stroke sends to a program: the sequences of terminal type "linux". The four cursor keys depend on a mode of
 * the terminal and are not here. Pure.
 */
#ifndef LICHEN_SCREEN_KEYS_H
#define LICHEN_SCREEN_KEYS_H

#include <stdint.h>
#include "keyboard_protocol.h"

#define KEYS_BYTES 16

/* Answers the length; 0: the key sends nothing. */
uint32_t keys_encode(const struct keyboard_stroke *stroke, char out[KEYS_BYTES]);

#endif
