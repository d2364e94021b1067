/* SPDX-License-Identifier: MIT */
/*
 * service: the console protocol over one uart: its client's notification, and the answers already given.
 */
#ifndef LICHEN_SERIAL_SERVICE_H
#define LICHEN_SERIAL_SERVICE_H

#include "uart.h"

struct console_context {
	struct uart uart;
	handle_t irq;
	handle_t client;     /* notification of the client, HANDLE_NONE: not opened */
	bool wants_room;     /* the last write was short: tell when there is room */
	bool wants_drained;  /* drain answered PENDING */
	uint64_t last_write; /* request id of the last write, and what it was answered */
	uint32_t last_taken;
};

/* Tells the client what happened since. */
void console_tell(struct console_context *context);

#endif
