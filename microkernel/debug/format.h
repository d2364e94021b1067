/* SPDX-License-Identifier: MIT */
/*
 * Text formatting for the log: %s %c %d %u %x %p %%, with l for 64 bits, width, 0 and - before them, and precision
 * for %s. Nothing else; a conversion that is not known is printed as it stands.
 */
#ifndef LICHEN_DEBUG_FORMAT_H
#define LICHEN_DEBUG_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Write at most size - 1 characters and a NUL; answers the characters written. size is not 0. */
size_t format_print(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t format_list(char *buffer, size_t size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

#endif
