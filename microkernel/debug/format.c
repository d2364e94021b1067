/* SPDX-License-Identifier: MIT */
/*
 * Text formatting (log.h): one pass over the format, a description of each conversion, no memory of its own.
 */
#include <stdbool.h>
#include <stdint.h>
#include "debug/log.h"

struct output {
	char *next, *last; /* last: where the NUL goes at the latest */
};

struct conversion {
	unsigned width;
	unsigned precision; /* of %s; UINT32_MAX: none */
	bool zero, left, wide;
};

static void put(struct output *output, char c)
{
	if (output->next < output->last)
		*output->next++ = c;
}

static void put_padding(struct output *output, char c, size_t used, unsigned width)
{
	for (; used < width; used++)
		put(output, c);
}

static void put_text(struct output *output, const char *text, const struct conversion *conversion)
{
	size_t length = 0;
	if (!text)
		text = "(null)";
	while (length < conversion->precision && text[length])
		length++;
	if (!conversion->left)
		put_padding(output, ' ', length, conversion->width);
	for (size_t i = 0; i < length; i++)
		put(output, text[i]);
	if (conversion->left)
		put_padding(output, ' ', length, conversion->width);
}

static void put_number(struct output *output, uint64_t value, unsigned base, bool negative,
		       const struct conversion *conversion)
{
	char digits[20];
	size_t count = 0;
	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value);
	size_t used = count + negative;
	if (!conversion->zero && !conversion->left)
		put_padding(output, ' ', used, conversion->width);
	if (negative)
		put(output, '-');
	if (conversion->zero)
		put_padding(output, '0', used, conversion->width);
	while (count)
		put(output, digits[--count]);
	if (conversion->left)
		put_padding(output, ' ', used, conversion->width);
}

static const char *read_number(const char *format, unsigned *number)
{
	*number = 0;
	while (*format >= '0' && *format <= '9')
		*number = *number * 10 + (unsigned)(*format++ - '0');
	return format;
}

static const char *read_conversion(const char *format, struct conversion *conversion)
{
	*conversion = (struct conversion){ .precision = UINT32_MAX };
	for (; *format == '0' || *format == '-'; format++) {
		conversion->zero |= *format == '0';
		conversion->left |= *format == '-';
	}
	conversion->zero &= !conversion->left;
	format = read_number(format, &conversion->width);
	if (*format == '.')
		format = read_number(format + 1, &conversion->precision);
	for (; *format == 'l' || *format == 'z'; format++)
		conversion->wide = true;
	return format;
}

size_t format_list(char *buffer, size_t size, const char *format, va_list list)
{
	struct output output = { buffer, buffer + size - 1 };
	struct conversion conversion;
	int64_t number;

	for (; *format; format++) {
		if (*format != '%') {
			put(&output, *format);
			continue;
		}
		format = read_conversion(format + 1, &conversion);
		switch (*format) {
		case 's': put_text(&output, va_arg(list, const char *), &conversion); break;
		case 'c': put(&output, (char)va_arg(list, int)); break;
		case '%': put(&output, '%'); break;
		case 'd':
			number = conversion.wide ? va_arg(list, long) : va_arg(list, int);
			put_number(&output, number < 0 ? -(uint64_t)number : (uint64_t)number, 10, number < 0,
				   &conversion);
			break;
		case 'u':
		case 'x':
			put_number(&output,
				   conversion.wide ? va_arg(list, unsigned long) : va_arg(list, unsigned),
				   *format == 'u' ? 10 : 16, false, &conversion);
			break;
		case 'p':
			put(&output, '0');
			put(&output, 'x');
			put_number(&output, (uintptr_t)va_arg(list, void *), 16, false, &conversion);
			break;
		case 0: format--; break;
		default: put(&output, '%'); put(&output, *format);
		}
	}
	*output.next = 0;
	return (size_t)(output.next - buffer);
}

size_t format_print(char *buffer, size_t size, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	size_t length = format_list(buffer, size, format, list);
	va_end(list);
	return length;
}
