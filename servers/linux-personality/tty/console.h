/* SPDX-License-Identifier: MIT */
/*
 * Which terminal /dev/console is: the last console= word of the kernel's command line that names a serial line.
 */
#ifndef LICHEN_PERSONALITY_CONSOLE_H
#define LICHEN_PERSONALITY_CONSOLE_H

#include <stdint.h>

void console_init(const char *command_line);
uint32_t console_index(void);
/* The line that a command line chooses among `count`; 0 when it chooses none. */
uint32_t console_choose(const char *command_line, uint32_t count);

#endif
