/* SPDX-License-Identifier: MIT */
/*
 * core_pattern (core(5)): what its letters stand for.
 *
 * A slash that comes out of a letter becomes an exclamation mark, so that only the pattern chooses the directory. A letter that
 * is not known, and a per cent sign at the end, stand for nothing.
 */
#include "dump/core.h"

#include <errno.h>
#include <string.h>
#include "runtime/format.h"

static void append_escaped(struct format_buffer *out, const char *text)
{
	for (; *text; text++)
		format_append(out, "%c", *text == '/' ? '!' : *text);
}

static void append_name(struct format_buffer *out, const char *name)
{
	/* These would name a directory. */
	if (!strcmp(name, ".") || !strcmp(name, ".."))
		format_append(out, "!");
	append_escaped(out, !strcmp(name, ".") ? "" : !strcmp(name, "..") ? "." : name);
}

static void append_letter(struct format_buffer *out, char letter, const struct core_facts *facts)
{
	switch (letter) {
	case '%': format_append(out, "%%"); break;
	case 'p':
	case 'P': format_append(out, "%d", facts->pid); break;
	case 'i':
	case 'I': format_append(out, "%d", facts->tid); break;
	case 'u': format_append(out, "%u", facts->user); break;
	case 'g': format_append(out, "%u", facts->group); break;
	case 'd': format_append(out, "%u", facts->dumpable); break;
	case 's': format_append(out, "%d", facts->signal); break;
	case 't': format_append(out, "%lu", facts->time_s); break;
	case 'c': format_append(out, "%lu", facts->limit); break;
	case 'h': append_escaped(out, facts->host); break;
	case 'e': append_name(out, facts->name); break;
	case 'E': append_escaped(out, facts->path); break;
	default: break;
	}
}

int core_name(const char *pattern, const struct core_facts *facts, char name[CORE_NAME_MAX])
{
	struct format_buffer out = format_start(name, CORE_NAME_MAX);
	bool has_pid = false;
	for (; *pattern; pattern++) {
		if (*pattern != '%') {
			format_append(&out, "%c", *pattern);
			continue;
		}
		if (!*++pattern)
			break;
		has_pid |= *pattern == 'p';
		append_letter(&out, *pattern, facts);
	}
	if (facts->uses_pid && !has_pid)
		format_append(&out, ".%d", facts->pid);
	return out.lost ? -ENAMETOOLONG : 0;
}
