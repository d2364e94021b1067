/* SPDX-License-Identifier: MIT */
/*
 * Writing the lines of reports.
 */
#include "report/line.h"

#include <string.h>
#include "core/survive.h"
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"

#define NS_PER_MICROSECOND 1000u
#define MICROSECONDS 1000000u

SURVIVES static uint32_t last_number;

void line_begin(struct report *report, const char *key)
{
	report->line = format_start(report->text, sizeof(report->text));
	format_append(&report->line, "%s: |%u| %s", bootstrap_program_name(), report->number, key);
}

void line_end(struct report *report)
{
	report->lines++;
	(void)k_log_write(own_address(report->text), report->line.used);
}

void report_begin(struct report *report, const char *kind)
{
	report->number = __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
	report->lines = 0;
	line_begin(report, "report begin ");
	format_append(&report->line, "%s", kind);
	line_end(report);
}

void report_end(struct report *report)
{
	line_begin(report, "report end ");
	format_append(&report->line, "%u", report->lines + 1);
	line_end(report);
}

void line_field(struct report *report, const char *name, const char *format, ...)
{
	va_list list;
	format_append(&report->line, " %s=", name);
	va_start(list, format);
	format_append_list(&report->line, format, list);
	va_end(list);
}

void line_time(struct report *report, const char *name, uint64_t time_ns)
{
	uint64_t time = time_ns / NS_PER_MICROSECOND;
	if (time_ns)
		line_field(report, name, "%lu.%06lu", time / MICROSECONDS, time % MICROSECONDS);
	else
		line_field(report, name, "-");
}

static void append_quoted(struct format_buffer *out, const char *text, size_t count)
{
	format_append(out, "\"");
	for (size_t i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)text[i];
		if (byte < ' ' || byte > '~')
			format_append(out, "\\x%02x", byte);
		else
			format_append(out, byte == '"' || byte == '\\' ? "\\%c" : "%c", byte);
	}
	format_append(out, "\"");
}

void line_text(struct report *report, const char *name, const char *text)
{
	size_t count = text ? strnlen(text, REPORT_TEXT_MAX + 1) : 0;
	if (!text) {
		line_field(report, name, "-");
		return;
	}
	format_append(&report->line, " %s=", name);
	append_quoted(&report->line, text, count > REPORT_TEXT_MAX ? REPORT_TEXT_MAX : count);
	if (count > REPORT_TEXT_MAX)
		format_append(&report->line, "~");
}

void line_path(struct report *report, const char *name, const char *path)
{
	size_t count = path ? strlen(path) : 0;
	if (count <= REPORT_TEXT_MAX) {
		line_text(report, name, path);
		return;
	}
	format_append(&report->line, " %s=~", name);
	append_quoted(&report->line, path + count - REPORT_TEXT_MAX, REPORT_TEXT_MAX);
}

void line_bytes(struct report *report, const char *name, const uint8_t *bytes, uint32_t count)
{
	line_field(report, name, count ? "" : "-");
	for (uint32_t i = 0; i < count; i++)
		format_append(&report->line, "%02x", bytes[i]);
}
