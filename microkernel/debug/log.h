/* SPDX-License-Identifier: MIT */
/*
 * The kernel's log: a ring in memory, copied to the debug console (port 0xE9) and, until the serial driver claims
 * it, to COM1. Every line starts with the seconds since boot. May be called from anywhere in the kernel.
 */
#ifndef LICHEN_DEBUG_LOG_H
#define LICHEN_DEBUG_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_RING_BYTES 65536u
#define LOG_LINE_MAX 240u

/* Look for COM1. Nothing else in this file needs it to have run. */
void log_init(void);

/* One line; a newline is added when the text has none. Longer than LOG_LINE_MAX is cut. Conversions: format.h. */
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without time and newline: for pieces of a panic report. */
void log_print_raw(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_text(const char *text, size_t bytes);

/* Bytes of the ring from *position on into `buffer`; *position moves, over bytes that are lost already too. */
size_t log_read(uint64_t *position, char *buffer, size_t bytes);

/* Who writes to COM1: claimed means the kernel does not. */
void log_serial_claimed(bool claimed);

#endif
