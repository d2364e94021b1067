/* SPDX-License-Identifier: MIT */
/*
 * Descriptors, the task state segment, the stacks of one CPU, and what trap.S calls besides the entries of cpu.h.
 *
 * Each stack has an unmapped page below it (arch_unmap_guards). The four IST stacks are for #DB, NMI, #DF and #MC;
 * the CPU starts them 16 bytes below their end, where a pointer to the CPU's block lies: these entries may come while
 * GS is the user's, so they find the block there.
 */
#ifndef LICHEN_ARCH_TRAP_H
#define LICHEN_ARCH_TRAP_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/types.h"
#include "arch/x86_64/trap_frame.h"

enum ist {
	IST_NONE = 0,
	IST_DEBUG = 1,
	IST_NMI = 2,
	IST_DOUBLE_FAULT = 3,
	IST_MACHINE_CHECK = 4,
	IST_COUNT = 5
};

struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7]; /* of enum ist, less one */
	uint64_t reserved2;
	uint16_t reserved3;
	uint16_t io_bitmap; /* beyond the limit: none */
} __attribute__((packed, aligned(8)));
_Static_assert(sizeof(struct tss) == 104, "as the CPU defines it");

struct ist_stack {
	char guard[PAGE_SIZE];
	char bytes[PAGE_SIZE];
};

/* Four pages less 3136 bytes for the variables marked HOT_DATA (cpu.h). */
#define KERNEL_STACK_BYTES 13248

struct cpu_stacks {
	struct ist_stack ist[IST_COUNT - 1];
	char guard[PAGE_SIZE];
	char kernel[KERNEL_STACK_BYTES];
};

extern struct cpu_stacks boot_stacks;

struct cpu;
/* Fill and load GDT, IDT and TSS of the calling CPU; its cpu block is the argument. GS base is set too. */
void descriptors_load(struct cpu *cpu, struct cpu_stacks *stacks);

/* Any address inside the stacks of the boot CPU that may be read for a backtrace. */
bool stack_contains(uint64_t address);

const char *trap_name(uint64_t vector);

/* An exception, or an interrupt that was not idle's, in the kernel. */
_Noreturn void trap_in_kernel(const struct trap_frame *frame);
/* NMI, #DF, #MC, and #DB in the kernel, on their own stacks; returns when the interrupted code may go on. */
void trap_special_handle(struct trap_frame *frame);
extern uint64_t trap_nmi_count;

#endif
