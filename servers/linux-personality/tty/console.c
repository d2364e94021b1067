/* SPDX-License-Identifier: MIT */
/*
 * See console.h.
 */
#include "tty/console.h"

#include <stdbool.h>
#include <string.h>
#include "tty/serial.h"

#define CONSOLE_WORD "console=ttyS"

static uint32_t chosen;

uint32_t console_index(void)
{
	return chosen;
}

/* "console=ttySN" or "console=ttySN,options" with a line that is there. */
static bool word_chooses(const char *word, uint32_t count, uint32_t *index)
{
	const char *number = word + sizeof(CONSOLE_WORD) - 1;
	if (strncmp(word, CONSOLE_WORD, sizeof(CONSOLE_WORD) - 1) != 0 || *number < '0' || *number > '9')
		return false;
	if (number[1] && number[1] != ' ' && number[1] != ',')
		return false;
	if ((uint32_t)(*number - '0') >= count)
		return false;
	*index = (uint32_t)(*number - '0');
	return true;
}

uint32_t console_choose(const char *command_line, uint32_t count)
{
	uint32_t index = 0;
	while (*command_line) {
		(void)word_chooses(command_line, count, &index);
		while (*command_line && *command_line != ' ')
			command_line++;
		while (*command_line == ' ')
			command_line++;
	}
	return index;
}

void console_init(const char *command_line)
{
	chosen = console_choose(command_line, SERIAL_LINES);
}
