/* SPDX-License-Identifier: MIT */
/*
 * Mount options of devpts: words separated by commas.
 */
#include <string.h>

#include "runtime/format.h"
#include "tty/devpts.h"

#define PTYS_MAX 4096u /* /proc/sys/kernel/pty/max */

/* A number up to a comma or the end. */
static bool parse_number(const char *text, uint32_t base, uint32_t *value)
{
	uint64_t number = 0;
	if (!*text || *text == ',')
		return false;
	for (; *text && *text != ','; text++) {
		if (*text < '0' || (uint32_t)(*text - '0') >= base)
			return false;
		number = number * base + (uint32_t)(*text - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*value = (uint32_t)number;
	return true;
}

/* The word is NAME=...: answers what is behind the sign. */
static const char *value_of(const char *word, const char *name)
{
	size_t length = strlen(name);
	return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static bool parse_mode(const char *text, uint32_t *mode)
{
	bool good = parse_number(text, 8, mode);
	*mode &= 07777;
	return good;
}

static bool parse_word(struct devpts_options *options, const char *word)
{
	const char *value;
	if ((value = value_of(word, "mode")))
		return parse_mode(value, &options->mode);
	if ((value = value_of(word, "ptmxmode")))
		return parse_mode(value, &options->ptmx_mode);
	if ((value = value_of(word, "gid")))
		return options->set_group = parse_number(value, 10, &options->group);
	if ((value = value_of(word, "uid")))
		return options->set_user = parse_number(value, 10, &options->user);
	if ((value = value_of(word, "max")))
		return parse_number(value, 10, &options->max) && options->max <= PTYS_MAX;
	return strncmp(word, "newinstance", 11) == 0 && (!word[11] || word[11] == ',');
}

bool devpts_parse_options(struct devpts_options *options, const char *text)
{
	*options = (struct devpts_options){ .mode = 0600, .max = PTYS_MAX };
	while (*text) {
		if (*text != ',' && !parse_word(options, text))
			return false;
		while (*text && *text != ',')
			text++;
		while (*text == ',')
			text++;
	}
	return true;
}

static void show_mode(struct format_buffer *out, const char *name, uint32_t mode)
{
	format_append(out, "%s=%u%u%u", name, mode >> 6 & 7, mode >> 3 & 7, mode & 7);
}

void devpts_show_options(const struct devpts_options *options, char *text, uint32_t bytes)
{
	struct format_buffer out = format_start(text, bytes);
	if (options->set_user)
		format_append(&out, "uid=%u,", options->user);
	if (options->set_group)
		format_append(&out, "gid=%u,", options->group);
	show_mode(&out, "mode", options->mode);
	show_mode(&out, ",ptmxmode", options->ptmx_mode);
	if (options->max < PTYS_MAX)
		format_append(&out, ",max=%u", options->max);
}
