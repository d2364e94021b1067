/* SPDX-License-Identifier: MIT */
/*
 * log: see log.h.
 */
#include "runtime/log.h"

#include <stdint.h>
#include "runtime/bootstrap.h"
#include "runtime/format.h"
#include "runtime/kernel.h"

static const char *log_name;
static enum log_level log_highest = LOG_INFO;

void log_set_name(const char *name)
{
	log_name = name;
}

void log_set_level(enum log_level level)
{
	log_highest = level;
}

static const char *prefix_of(enum log_level level)
{
	switch (level) {
	case LOG_ERROR: return "error: ";
	case LOG_WARNING: return "warning: ";
	default: return "";
	}
}

void log_line(enum log_level level, const char *format, ...)
{
	char text[LOG_LINE_MAX];
	struct format_buffer out = format_start(text, sizeof text);
	va_list list;

	if (level > log_highest)
		return;
	if (log_name == NULL)
		log_name = bootstrap_program_name();
	format_append(&out, "%s: %s", log_name, prefix_of(level));
	va_start(list, format);
	format_append_list(&out, format, list);
	va_end(list);
	(void)k_log_write(own_address(text), out.used);
}
