/* SPDX-License-Identifier: MIT */
/*
 * format: see format.h. One pass over the format; each conversion is parsed into a struct, then printed.
 */
#include "runtime/format.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct conversion {
	bool left, zero, is_long;
	size_t width;
	size_t precision; /* of %s */
	char kind;
};

/* Arguments travel by pointer so that helpers can take the next one. */
struct arguments {
	va_list list;
};

struct format_buffer format_start(char *text, size_t size)
{
	text[0] = '\0';
	return (struct format_buffer){ .text = text, .size = size };
}

static void put_char(struct format_buffer *out, char c)
{
	if (out->used + 1 >= out->size) {
		out->lost++;
		return;
	}
	out->text[out->used++] = c;
	out->text[out->used] = '\0';
}

static void put_padding(struct format_buffer *out, char c, size_t have, size_t want)
{
	for (; have < want; have++)
		put_char(out, c);
}

static void put_text(struct format_buffer *out, const struct conversion *conversion, const char *text)
{
	size_t length;

	if (text == NULL)
		text = "(null)";
	length = strnlen(text, conversion->precision);
	if (!conversion->left)
		put_padding(out, ' ', length, conversion->width);
	for (size_t i = 0; i < length; i++)
		put_char(out, text[i]);
	if (conversion->left)
		put_padding(out, ' ', length, conversion->width);
}

static size_t digits_of(uint64_t value, unsigned base, char *digits)
{
	size_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	return count;
}

static void put_number(struct format_buffer *out, const struct conversion *conversion, uint64_t value,
		       const char *prefix)
{
	char digits[24];
	size_t count = digits_of(value, conversion->kind == 'x' || conversion->kind == 'p' ? 16 : 10, digits);
	size_t length = count + strlen(prefix);

	if (!conversion->left && !conversion->zero)
		put_padding(out, ' ', length, conversion->width);
	for (const char *c = prefix; *c != '\0'; c++)
		put_char(out, *c);
	if (!conversion->left && conversion->zero)
		put_padding(out, '0', length, conversion->width);
	while (count != 0)
		put_char(out, digits[--count]);
	if (conversion->left)
		put_padding(out, ' ', length, conversion->width);
}

static void put_signed(struct format_buffer *out, const struct conversion *conversion,
		       struct arguments *arguments)
{
	int64_t value = conversion->is_long ? va_arg(arguments->list, long) : va_arg(arguments->list, int);

	put_number(out, conversion, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0 ? "-" : "");
}

static void put_unsigned(struct format_buffer *out, const struct conversion *conversion,
			 struct arguments *arguments)
{
	uint64_t value = conversion->is_long ? va_arg(arguments->list, unsigned long)
					     : va_arg(arguments->list, unsigned);

	put_number(out, conversion, value, "");
}

static size_t parse_number(const char **at)
{
	size_t value = 0;

	while (**at >= '0' && **at <= '9' && value < 10000)
		value = value * 10 + (size_t)(*(*at)++ - '0');
	return value;
}

static size_t parse_precision(const char **at, struct arguments *arguments)
{
	int given;

	if (**at != '.')
		return SIZE_MAX;
	(*at)++;
	if (**at != '*')
		return parse_number(at);
	(*at)++;
	given = va_arg(arguments->list, int);
	return given < 0 ? SIZE_MAX : (size_t)given;
}

static struct conversion parse(const char **at, struct arguments *arguments)
{
	struct conversion conversion = { 0 };

	for (; **at == '-' || **at == '0'; (*at)++) {
		conversion.left |= **at == '-';
		conversion.zero |= **at == '0';
	}
	conversion.width = parse_number(at);
	conversion.precision = parse_precision(at, arguments);
	for (; **at == 'l' || **at == 'z'; (*at)++)
		conversion.is_long = true;
	conversion.kind = **at;
	if (**at != '\0')
		(*at)++;
	return conversion;
}

static void put_conversion(struct format_buffer *out, const struct conversion *conversion,
			   struct arguments *arguments)
{
	switch (conversion->kind) {
	case 's': put_text(out, conversion, va_arg(arguments->list, const char *)); break;
	case 'c': put_char(out, (char)va_arg(arguments->list, int)); break;
	case 'd':
	case 'i': put_signed(out, conversion, arguments); break;
	case 'u':
	case 'x': put_unsigned(out, conversion, arguments); break;
	case 'p': put_number(out, conversion, (uintptr_t)va_arg(arguments->list, void *), "0x"); break;
	case '\0': break;
	default: put_char(out, conversion->kind);
	}
}

void format_append_list(struct format_buffer *out, const char *format, va_list list)
{
	struct arguments arguments;

	va_copy(arguments.list, list);
	while (*format != '\0') {
		if (*format != '%') {
			put_char(out, *format++);
			continue;
		}
		format++;
		struct conversion conversion = parse(&format, &arguments);
		put_conversion(out, &conversion, &arguments);
	}
	va_end(arguments.list);
}

void format_append(struct format_buffer *out, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	format_append_list(out, format, list);
	va_end(list);
}
