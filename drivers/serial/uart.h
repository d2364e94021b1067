/* SPDX-License-Identifier: MIT */
/*
 * uart: a 16550 serial port: registers, FIFOs, line settings. It moves bytes between the device and two rings and counts
 * what goes wrong; it knows nothing of clients.
 *
 * The device interrupts when bytes came, when its transmit FIFO is empty, when a line error or a modem line changes.
 * uart_service handles all causes until none is left; the transmit interrupt is on only while there is output.
 */
#ifndef LICHEN_SERIAL_UART_H
#define LICHEN_SERIAL_UART_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/status.h"
#include "abi/types.h"
#include "console_protocol.h"
#include "console/ring.h"

struct uart {
	handle_t ports;
	uint16_t base;
	struct console_line line;
	struct console_state state; /* counters; the rings' fill is added when asked */
	struct ring input, output;
	bool paused;        /* no output until resumed */
	bool transmitting;  /* the transmit interrupt is on */
	uint8_t interrupts; /* interrupt enable register */
	uint32_t events;    /* CONSOLE_EVENT_* that happened since they were last taken */
};

/* Resets the device to 115200 8N1 with FIFOs. NOT_FOUND when there is none. */
status_t uart_start(struct uart *uart, handle_t ports, uint16_t base);
/* Handles everything that the device asks for now. */
void uart_service(struct uart *uart);
/* The input ring has room again: receives on. */
void uart_input_taken(struct uart *uart);
/* There may be output to send: starts sending. */
void uart_kick_output(struct uart *uart);
/* The nearest settings that the device can do are in uart->line afterwards. INVALID: makes no sense. */
status_t uart_set_line(struct uart *uart, const struct console_line *line);
void uart_set_break(struct uart *uart, bool on);
/* All output has left the device. */
bool uart_is_drained(struct uart *uart);
void uart_read_modem(struct uart *uart);
void uart_clear_transmit_fifo(struct uart *uart);

#endif
