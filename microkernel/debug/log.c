/* SPDX-License-Identifier: MIT */
/*
 * The log ring and its two outlets (log.h).
 *
 * `written` counts all bytes ever logged; the ring holds the last LOG_RING_BYTES of them, so a reader's position is
 * such a count and a reader that was too slow is moved forward. COM1 is programmed as the firmware left it or, when
 * it answers its scratch register, to 115200 8N1; writing waits a bounded time for room.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "debug/log.h"

#define PORT_DEBUG_CONSOLE 0xe9
#define PORT_COM1 0x3f8
#define COM_LINE_STATUS 5
#define COM_SCRATCH 7
#define COM_TRANSMIT_EMPTY 0x20
#define COM_WAIT_TURNS 100000

static char ring[LOG_RING_BYTES];
static uint64_t written;
static bool serial_there, serial_claimed;

void log_init(void)
{
	port_write8(PORT_COM1 + COM_SCRATCH, 0x5a);
	if (port_read8(PORT_COM1 + COM_SCRATCH) != 0x5a)
		return;
	port_write8(PORT_COM1 + 1, 0);    /* no interrupts */
	port_write8(PORT_COM1 + 3, 0x80); /* divisor latch */
	port_write8(PORT_COM1 + 0, 1);    /* 115200 */
	port_write8(PORT_COM1 + 1, 0);
	port_write8(PORT_COM1 + 3, 0x03); /* 8N1 */
	port_write8(PORT_COM1 + 2, 0xc7); /* FIFOs on and empty */
	port_write8(PORT_COM1 + 4, 0x03); /* DTR, RTS */
	serial_there = true;
}

static void serial_put(char c)
{
	unsigned turns = COM_WAIT_TURNS;
	while (turns && !(port_read8(PORT_COM1 + COM_LINE_STATUS) & COM_TRANSMIT_EMPTY))
		turns--;
	if (turns)
		port_write8(PORT_COM1, (uint8_t)c);
}

void log_serial_claimed(bool claimed)
{
	serial_claimed = claimed;
}

void log_text(const char *text, size_t bytes)
{
	bool serial = serial_there && !serial_claimed;
	for (size_t i = 0; i < bytes; i++) {
		ring[written++ % LOG_RING_BYTES] = text[i];
		port_write8(PORT_DEBUG_CONSOLE, (uint8_t)text[i]);
		if (serial && text[i] == '\n')
			serial_put('\r');
		if (serial)
			serial_put(text[i]);
	}
}

void log_print(const char *format, ...)
{
	char line[LOG_LINE_MAX];
	uint64_t now_us = clock_now_ns() / 1000;
	size_t length = format_print(line, sizeof(line) - 1, "[%5lu.%06lu] ", now_us / 1000000,
				     now_us % 1000000);
	va_list list;
	va_start(list, format);
	length += format_list(line + length, sizeof(line) - 1 - length, format, list);
	va_end(list);
	if (line[length - 1] != '\n')
		line[length++] = '\n';
	log_text(line, length);
}

void log_print_raw(const char *format, ...)
{
	char piece[LOG_LINE_MAX];
	va_list list;
	va_start(list, format);
	log_text(piece, format_list(piece, sizeof(piece), format, list));
	va_end(list);
}

void log_line_of(uint64_t domain, const char *text, size_t bytes)
{
	uint64_t now_us = clock_now_ns() / 1000;
	log_print_raw("[%5lu.%06lu] <%lu> ", now_us / 1000000, now_us % 1000000, domain);
	log_text(text, bytes);
	log_text("\n", 1);
}

size_t log_read(uint64_t *position, char *buffer, size_t bytes)
{
	size_t done = 0;
	if (*position > written)
		*position = written;
	if (written - *position > LOG_RING_BYTES)
		*position = written - LOG_RING_BYTES;
	while (done < bytes && *position < written)
		buffer[done++] = ring[(*position)++ % LOG_RING_BYTES];
	return done;
}
