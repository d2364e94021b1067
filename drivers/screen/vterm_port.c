/* SPDX-License-Identifier: MIT */
/*
 * vterm_port: see vterm_port.h. The answers are those of C's functions: the length of the whole text, fitting or not.
 */
#include "vterm_port.h"

#include "runtime/format.h"
#include "runtime/log.h"

int vterm_port_format_list(char *text, size_t size, const char *format, va_list list)
{
	struct format_buffer out = format_start(text, size);

	format_append_list(&out, format, list);
	return (int)(out.used + out.lost);
}

int vterm_port_format(char *text, size_t size, const char *format, ...)
{
	va_list list;
	int length;

	va_start(list, format);
	length = vterm_port_format_list(text, size, format, list);
	va_end(list);
	return length;
}

int vterm_port_report(FILE *unused, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list list;
	int length;

	(void)unused;
	va_start(list, format);
	length = vterm_port_format_list(text, sizeof text, format, list);
	va_end(list);
	log_error("libvterm: %s", text);
	return length;
}
