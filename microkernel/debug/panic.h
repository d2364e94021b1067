/* SPDX-License-Identifier: MIT */
/*
 * The end of the kernel: a report on the log, the debug console and COM1 (claimed or not), then QEMU's debug exit
 * when the command line has panic=exit, else a halt. Assertions are for what cannot happen; bytes that crossed a
 * boundary are checked, never asserted.
 */
#ifndef LICHEN_DEBUG_PANIC_H
#define LICHEN_DEBUG_PANIC_H

#include <stdbool.h>
#include <stdint.h>

struct trap_frame;

_Noreturn void panic(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a trap that the kernel itself ran into: registers and code bytes are the frame's. */
_Noreturn void panic_trap(const struct trap_frame *frame, const char *what);
/* All registers of a frame and the control registers, on the log. */
void registers_print(const struct trap_frame *frame);
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
