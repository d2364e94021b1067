/* SPDX-License-Identifier: MIT */
/*
 * The lines of a report, as docs/reports.md has them: number and count of a report, and the forms of values.
 *
 * A report belongs to one thread. A line is begun, gets its fields and is ended; what does not fit is cut. Every line goes to
 * the log at once, so a report that is ended early is good as far as it came. No lock, no memory but the caller's stack.
 */
#ifndef LICHEN_PERSONALITY_REPORT_LINE_H
#define LICHEN_PERSONALITY_REPORT_LINE_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/format.h"

#define REPORT_LINE_MAX 420
#define REPORT_TEXT_MAX 160 /* characters shown of a path or a call */

struct report {
	uint32_t number, lines;
	struct format_buffer line;
	char text[REPORT_LINE_MAX];
};

/* Numbers it and writes its first line. */
void report_begin(struct report *report, const char *kind);
void report_end(struct report *report);

void line_begin(struct report *report, const char *key);
void line_end(struct report *report);
void line_field(struct report *report, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Nanoseconds as seconds; 0: there is none. */
void line_time(struct report *report, const char *name, uint64_t time_ns);
/* In quotes, with escapes; NULL: there is none. A text that is too long loses its end, a path its beginning. */
void line_text(struct report *report, const char *name, const char *text);
void line_path(struct report *report, const char *name, const char *path);
/* Bytes as hexadecimal digits; count 0: there are none. */
void line_bytes(struct report *report, const char *name, const uint8_t *bytes, uint32_t count);

#endif
