/* SPDX-License-Identifier: MIT */
/*
 * vterm_port: included in front of each source of libvterm: gives it the runtime's formatter in place of the libc's printf
 * family, which computes with floating point. Its complaints go to the log.
 */
#ifndef LICHEN_SCREEN_VTERM_PORT_H
#define LICHEN_SCREEN_VTERM_PORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

int vterm_port_format(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int vterm_port_format_list(char *text, size_t size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));
int vterm_port_report(FILE *unused, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define snprintf vterm_port_format
#define vsnprintf vterm_port_format_list
#define fprintf vterm_port_report

#endif
