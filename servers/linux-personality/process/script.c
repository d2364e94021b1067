/* SPDX-License-Identifier: MIT */
/*
 * Parsing #! lines: interpreter, then everything else up to the end of the line as one argument, blanks around it cut.
 */
#include "process/script.h"

#include <stdbool.h>
#include <string.h>
#include "core/errno.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void copy_out(char *out, const char *start, const char *end)
{
	memcpy(out, start, (uint64_t)(end - start));
	out[end - start] = '\0';
}

int script_parse(const char *head, uint64_t bytes, struct script_line *line)
{
	if (bytes > SCRIPT_HEAD_BYTES)
		bytes = SCRIPT_HEAD_BYTES;
	if (bytes < 2 || head[0] != '#' || head[1] != '!')
		return 0;
	const char *start = head + 2, *limit = head + bytes, *end = start, *name_end;
	while (end < limit && *end && *end != '\n')
		end++;
	bool whole = end < limit || bytes < SCRIPT_HEAD_BYTES;
	while (start < end && is_blank(*start))
		start++;
	for (name_end = start; name_end < end && !is_blank(*name_end); name_end++)
		;
	/* A name that the buffer may have cut is no name. */
	if (start == name_end || (!whole && name_end == end))
		return -ENOEXEC;
	while (end > name_end && is_blank(end[-1]))
		end--;
	copy_out(line->interpreter, start, name_end);
	for (start = name_end; start < end && is_blank(*start); start++)
		;
	copy_out(line->argument, start, end);
	return 1;
}
