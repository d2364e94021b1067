/* SPDX-License-Identifier: MIT */
/*
 * Parsing of written numbers.
 */
#include "proc/parse.h"

#include <stdbool.h>

#include "core/errno.h"

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *parse_skip_space(const char *text)
{
	while (is_space(*text))
		text++;
	return text;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

/* Digits up to a space or the end. */
static int parse_digits(const char **text, uint64_t *value)
{
	const char *at = *text;
	uint32_t base = at[0] == '0' && (at[1] == 'x' || at[1] == 'X') ? 16 : 10;
	const char *first;
	if (base == 16)
		at += 2;
	first = at;
	*value = 0;
	for (; *at && !is_space(*at); at++) {
		int digit = digit_value(*at);
		if ((uint32_t)digit >= base)
			return -EINVAL;
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			return -ERANGE;
	}
	*text = at;
	return at == first ? -EINVAL : 0;
}

int parse_unsigned(const char *text, uint64_t *value)
{
	int error;
	text = parse_skip_space(text);
	error = parse_digits(&text, value);
	return error ? error : *parse_skip_space(text) ? -EINVAL : 0;
}

int parse_next_signed(const char **text, int64_t *value)
{
	uint64_t magnitude;
	bool negative;
	int error;
	*text = parse_skip_space(*text);
	if (!**text)
		return -ENOENT;
	negative = **text == '-';
	if (negative)
		(*text)++;
	error = parse_digits(text, &magnitude);
	if (error)
		return error;
	if (magnitude > (uint64_t)INT64_MAX)
		return -ERANGE;
	*value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
	return 0;
}

int parse_signed(const char *text, int64_t *value)
{
	int error = parse_next_signed(&text, value);
	if (error)
		return error == -ENOENT ? -EINVAL : error;
	return *parse_skip_space(text) ? -EINVAL : 0;
}

void parse_cut_line(char *text)
{
	while (*text && *text != '\n')
		text++;
	*text = 0;
}
