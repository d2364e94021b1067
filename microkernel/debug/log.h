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

/* One line; a newline is added when the text has none. Longer than LOG_LINE_MAX is cut. Conversions: below. */
void log_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same without time and newline: for pieces of a panic report. */
void log_print_raw(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_text(const char *text, size_t bytes);
/* A line that a domain wrote, of any length; `text` has no newline. */
void log_line_of(uint64_t domain, const char *text, size_t bytes);

/* Text formatting (format.c): %s %c %d %u %x %p %%, with l for 64 bits, width, 0 and - before them, and precision for %s.
   A conversion that is not known is printed as it stands. Writes at most size - 1 characters and a NUL; answers the
   characters written. size is not 0. */
size_t format_print(char *buffer, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
size_t format_list(char *buffer, size_t size, const char *format, va_list list)
	__attribute__((format(printf, 3, 0)));

/* Bytes of the ring from *position on into `buffer`; *position moves, over bytes that are lost already too. */
size_t log_read(uint64_t *position, char *buffer, size_t bytes);

/* Who writes to COM1: claimed means the kernel does not. */
void log_serial_claimed(bool claimed);

/*
 * The end of the kernel (panic.c): a report on the log, the debug console and COM1 (claimed or not), then QEMU's debug
 * exit when the command line has panic=exit, else a halt. Assertions are for what cannot happen; bytes that crossed a
 * boundary are checked, never asserted.
 */
struct trap_frame;
_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a trap that the kernel itself ran into: registers and code bytes are the frame's. */
_Noreturn void panic_trap(const struct trap_frame *frame, const char *what);
/* Called by the parser of the command line: end by the debug exit instead of a halt. */
void panic_set_exit(bool exit);
/* The function that an address of kernel text lies in and the offset into it, from the table that the build links in
   behind the code (symbol-table.py); NULL when there is none. */
const char *symbol_find(uint64_t address, uint64_t *offset);
/* Leave QEMU through isa-debug-exit (its status is 2 * code + 1), or halt where there is no such device. */
_Noreturn void machine_exit(uint8_t code);
_Noreturn void machine_halt(void);
/* By a triple fault, which works on every PC. */
_Noreturn void machine_reset(void);

#define kernel_assert(condition)                                                                             \
	do {                                                                                                 \
		if (__builtin_expect(!(condition), 0))                                                       \
			panic("assertion %s at %s:%d", #condition, __FILE__, __LINE__);                      \
	} while (0)

#endif
