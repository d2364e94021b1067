/* SPDX-License-Identifier: MIT */
/*
 * What trap.S calls besides the entries of cpu.h, and names of exceptions for reports.
 */
#ifndef LICHEN_ARCH_TRAP_H
#define LICHEN_ARCH_TRAP_H

#include <stdint.h>
#include "arch/x86_64/trap_frame.h"

const char *trap_name(uint64_t vector);

/* An exception, or an interrupt that was not idle's, in the kernel. */
_Noreturn void trap_in_kernel(const struct trap_frame *frame);
/* NMI, #DF, #MC, and #DB in the kernel, on their own stacks; returns when the interrupted code may go on. */
void trap_special_handle(struct trap_frame *frame);
extern uint64_t trap_nmi_count;

#endif
