/* SPDX-License-Identifier: MIT */
/*
 * format: text from numbers without the FPU and without the libc's printf, for logs and traces on the request path.
 *
 * Understood: %s %c %d %i %u %x %p %%, the length l, a width, the flags 0 and -, and a precision of %s (a number or *).
 * Anything else is copied as it stands. The buffer always ends in NUL; what does not fit is cut and counted.
 */
#ifndef LICHEN_RUNTIME_FORMAT_H
#define LICHEN_RUNTIME_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

struct format_buffer {
	char *text;
	size_t size; /* of text, with the NUL; at least 1 */
	size_t used; /* characters before the NUL */
	size_t lost; /* characters that did not fit */
};

struct format_buffer format_start(char *text, size_t size);
void format_append(struct format_buffer *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void format_append_list(struct format_buffer *out, const char *format, va_list list)
	__attribute__((format(printf, 2, 0)));

#endif
