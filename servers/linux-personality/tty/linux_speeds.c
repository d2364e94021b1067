/* SPDX-License-Identifier: MIT */
/*
 * Linux's codes for line speeds (termios(3), <asm-generic/termbits.h>).
 */
#include "tty/serial.h"

static const uint32_t slow_speeds[] = { 0,   50,   75,   110,  134,  150,  200,   300,
					600, 1200, 1800, 2400, 4800, 9600, 19200, 38400 };
/* Codes LINUX_CBAUDEX + 1 and on. */
static const uint32_t fast_speeds[] = { 57600,   115200,  230400,  460800,  500000,  576000,  921600, 1000000,
					1152000, 1500000, 2000000, 2500000, 3000000, 3500000, 4000000 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

uint32_t speed_of_code(uint32_t code)
{
	if (!(code & LINUX_CBAUDEX))
		return slow_speeds[code & 017];
	code &= 017;
	return code && code <= COUNT(fast_speeds) ? fast_speeds[code - 1] : 0;
}

uint32_t code_of_speed(uint32_t speed)
{
	for (uint32_t i = 0; i < COUNT(slow_speeds); i++) {
		if (slow_speeds[i] == speed)
			return i;
	}
	for (uint32_t i = 0; i < COUNT(fast_speeds); i++) {
		if (fast_speeds[i] == speed)
			return LINUX_CBAUDEX | (i + 1);
	}
	return LINUX_BOTHER;
}
