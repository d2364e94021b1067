/* SPDX-License-Identifier: MIT
 *
 * What the tests of generated files share: reading a file whole, and showing its shape with every number masked.
 */
#ifndef PROC_TEXT_H
#define PROC_TEXT_H

#include "contract.h"

#include <ctype.h>

/* The contents, NUL-terminated, or "" when it cannot be read; the length. */
static inline long read_whole(const char *path, char *text, long room)
{
	long used = 0, got = -1;
	int fd = open(path, O_RDONLY);
	while (fd >= 0 && used < room - 1 && (got = read(fd, text + used, (size_t)(room - 1 - used))) > 0)
		used += got;
	if (fd >= 0)
		close(fd);
	text[used] = 0;
	return fd < 0 || got < 0 ? -1 : used;
}

/* One line with each number, and the spaces that pad it on the left, as its width (two spaces or more before it) or as N. */
static inline void mask_line(const char *line, char *masked)
{
	while (*line && *line != '\n') {
		size_t pad = strspn(line, " "), digits = strspn(line + pad, "0123456789");
		if (digits && pad > 1) {
			masked += sprintf(masked, "<%d>", (int)(pad + digits));
			line += pad + digits;
		} else if (isdigit((unsigned char)*line)) {
			*masked++ = 'N';
			line += strspn(line, "0123456789");
		} else {
			*masked++ = *line++;
		}
	}
	*masked = 0;
}

static inline void show_masked(const char *path)
{
	static char text[65536], masked[8192];
	long length = read_whole(path, text, sizeof(text));
	say("%s%s\n", path, length < 0 ? ": cannot be read" : "");
	for (char *line = text; *line; line += *line == '\n') {
		mask_line(line, masked);
		say("  %s\n", masked);
		line += strcspn(line, "\n");
	}
}

/* The line that starts with the label, copied without the newline; false: there is none. */
static inline bool find_line(const char *text, const char *label, char *line, size_t room)
{
	size_t length = strlen(label);
	for (; *text; text += *text == '\n') {
		size_t bytes = strcspn(text, "\n");
		if (!strncmp(text, label, length)) {
			snprintf(line, room, "%.*s", (int)bytes, text);
			return true;
		}
		text += bytes;
	}
	return false;
}

#endif
