/* SPDX-License-Identifier: MIT */
/*
 * Which terminal /dev/console is: the last console= word of the kernel's command line that names one which is there.
 */
#ifndef LICHEN_PERSONALITY_CONSOLE_H
#define LICHEN_PERSONALITY_CONSOLE_H

#include "tty/serial.h"

/* Once the terminals are there. */
void console_init(const char *command_line);
enum serial_line console_line(void);
/* What a command line chooses; bit n of `present`: line n is there. ttyS0 when it chooses none. */
enum serial_line console_choose(const char *command_line, uint32_t present);

#endif
