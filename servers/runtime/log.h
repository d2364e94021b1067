/* SPDX-License-Identifier: MIT */
/*
 * log: lines into the kernel's log, each with the program's name before it. No FPU, no allocation, no lock: usable from
 * any thread and on the request path. format.h says what a format may hold. A line longer than LOG_LINE_MAX is cut.
 */
#ifndef LICHEN_RUNTIME_LOG_H
#define LICHEN_RUNTIME_LOG_H

#include <stdarg.h>
#include <stddef.h>

#define LOG_LINE_MAX 240

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

/* The text must stay: it is not copied. Default: the program's name as its starter gave it. */
void log_set_name(const char *name);
/* Lines above this level are dropped; LOG_INFO at first. */
void log_set_level(enum log_level level);

void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define log_error(...) log_line(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
#define log_info(...) log_line(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_DEBUG, __VA_ARGS__)

/* Name of a status code; "?" for a number that is none. */
const char *status_name(int status);

#endif
