/* SPDX-License-Identifier: MIT */
/*
 * controller: the 8042 keyboard controller and the keyboard behind it: ports 0x60 (data) and 0x64 (status, command). The
 * second port (a mouse) is switched off. The keyboard's lights are set without waiting: the two bytes of the command go out
 * one by one as the keyboard acknowledges them.
 */
#ifndef LICHEN_KEYBOARD_CONTROLLER_H
#define LICHEN_KEYBOARD_CONTROLLER_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/status.h"
#include "abi/types.h"

enum controller_lights { LIGHTS_SET, LIGHTS_COMMANDED, LIGHTS_SENT };

struct controller {
	handle_t data_port, command_port;
	bool translates; /* keys come in set 1 */
	enum controller_lights lights;
	uint8_t leds_wanted, leds_sent;
};

/* NOT_FOUND: there is no controller; IO_ERROR: it does not answer. */
status_t controller_start(struct controller *controller, handle_t data_port, handle_t command_port);
/* True with a byte that the keyboard sent and that is no answer to a command; false when there is none. */
bool controller_read(struct controller *controller, uint8_t *byte);
/* Lights as in layout_leds. */
void controller_set_leds(struct controller *controller, uint8_t leds);

#endif
