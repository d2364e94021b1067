/* SPDX-License-Identifier: MIT */
/*
 * See console.h.
 */
#include "tty/console.h"

#include <stdbool.h>
#include <string.h>
#include "tty/serial.h"

#define CONSOLE_WORD "console="

static const struct {
	const char *name;
	enum serial_line line;
} consoles[] = {
	{ "ttyS0", LINE_TTYS0 },
	{ "ttyS1", LINE_TTYS1 },
	{ "tty0", LINE_SCREEN },
	{ "tty1", LINE_SCREEN },
};

static enum serial_line chosen;

enum serial_line console_line(void)
{
	return chosen;
}

/* "console=NAME" or "console=NAME,options" with a line that is there. */
static void consider(const char *word, uint32_t present, enum serial_line *line)
{
	const char *name = word + sizeof(CONSOLE_WORD) - 1;
	if (strncmp(word, CONSOLE_WORD, sizeof(CONSOLE_WORD) - 1) != 0)
		return;
	for (uint32_t i = 0; i < sizeof(consoles) / sizeof(consoles[0]); i++) {
		size_t length = strlen(consoles[i].name);
		if (strncmp(name, consoles[i].name, length) == 0 && strchr(" ,", name[length]) &&
		    present >> consoles[i].line & 1)
			*line = consoles[i].line;
	}
}

enum serial_line console_choose(const char *command_line, uint32_t present)
{
	enum serial_line line = LINE_TTYS0;
	while (*command_line) {
		consider(command_line, present, &line);
		while (*command_line && *command_line != ' ')
			command_line++;
		while (*command_line == ' ')
			command_line++;
	}
	return line;
}

void console_init(const char *command_line)
{
	uint32_t present = 0;
	for (uint32_t i = 0; i < LINE_COUNT; i++)
		present |= serial_find(i) ? 1u << i : 0;
	chosen = console_choose(command_line, present);
}
