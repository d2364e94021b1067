/* SPDX-License-Identifier: MIT */
/*
 * bootstrap: see bootstrap.h. The environment comes from the supervisor, which is trusted; it is parsed with care
 * all the same, because a wrong number here would be a wrong right.
 */
#define _GNU_SOURCE
#include "runtime/bootstrap.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

extern char **environ;

static const char *environment_value(const char *prefix, const char *name)
{
	size_t prefix_bytes = strlen(prefix), name_bytes = strlen(name);

	for (char **line = environ; line != NULL && *line != NULL; line++) {
		if (strncmp(*line, prefix, prefix_bytes) == 0 &&
		    strncmp(*line + prefix_bytes, name, name_bytes) == 0 &&
		    (*line)[prefix_bytes + name_bytes] == '=')
			return *line + prefix_bytes + name_bytes + 1;
	}
	return NULL;
}

static unsigned digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	if (c >= 'a' && c <= 'f')
		return (unsigned)(c - 'a') + 10;
	if (c >= 'A' && c <= 'F')
		return (unsigned)(c - 'A') + 10;
	return 255;
}

bool number_parse(const char *text, uint64_t *value)
{
	unsigned base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
	uint64_t sum = 0;

	text += base == 16 ? 2 : 0;
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		unsigned digit = digit_value(*text);
		if (digit >= base || sum > (UINT64_MAX - digit) / base)
			return false;
		sum = sum * base + digit;
	}
	*value = sum;
	return true;
}

handle_t bootstrap_handle(const char *name)
{
	const char *text = environment_value(BOOTSTRAP_HANDLE_PREFIX, name);
	uint64_t value;

	if (text == NULL || !number_parse(text, &value) || value > UINT32_MAX)
		return HANDLE_NONE;
	return (handle_t){ (uint32_t)value };
}

const char *bootstrap_option(const char *name)
{
	return environment_value(BOOTSTRAP_OPTION_PREFIX, name);
}

uint64_t bootstrap_number(const char *name, uint64_t otherwise)
{
	const char *text = bootstrap_option(name);
	uint64_t value;

	return text != NULL && number_parse(text, &value) ? value : otherwise;
}

const char *bootstrap_program_name(void)
{
	return program_invocation_short_name != NULL ? program_invocation_short_name : "?";
}
