/* SPDX-License-Identifier: MIT */
/*
 * Traps that do not belong to a thread: those inside the kernel, and NMI, #DF and #MC.
 *
 * A trap in the kernel is a bug and ends it with a report. An NMI that nobody asked for is counted and told once.
 * A #DB in the kernel comes from a guest's own debug registers or single step around the entry: it is dismissed.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/trap.h"
#include "debug/log.h"
#include "debug/panic.h"

#define FLAG_TF 0x100u

uint64_t trap_nmi_count;

static const char *const trap_names[] = {
	"divide error",
	"debug",
	"NMI",
	"breakpoint",
	"overflow",
	"bound range",
	"invalid opcode",
	"device not available",
	"double fault",
	"coprocessor segment",
	"invalid TSS",
	"segment not present",
	"stack fault",
	"general protection",
	"page fault",
	"reserved",
	"x87 error",
	"alignment check",
	"machine check",
	"SIMD error",
	"virtualization",
	"control protection",
};

const char *trap_name(uint64_t vector)
{
	if (vector < sizeof(trap_names) / sizeof(trap_names[0]))
		return trap_names[vector];
	return vector < TRAP_INTERRUPT_FIRST ? "reserved exception" : "interrupt";
}

_Noreturn void trap_in_kernel(const struct trap_frame *frame)
{
	panic_trap(frame, trap_name(frame->vector));
}

static void debug_dismiss(struct trap_frame *frame)
{
	uint64_t none = 0;
	__asm__ volatile("mov %0, %%dr6" ::"r"(none));
	frame->rflags &= ~(uint64_t)FLAG_TF;
}

void trap_special_handle(struct trap_frame *frame)
{
	switch (frame->vector) {
	case 1: debug_dismiss(frame); return;
	case 2:
		if (trap_nmi_count++ == 0)
			log_print("NMI without a known reason at %p", (void *)frame->rip);
		return;
	default: trap_in_kernel(frame);
	}
}
