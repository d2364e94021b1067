/* SPDX-License-Identifier: MIT */
/*
 * Segment and interrupt descriptors, and the traps that do not belong to a thread: those in the kernel, NMI, #DF, #MC.
 *
 * The GDT's order is what SYSCALL and SYSRET want: kernel code and data in a row; user data, user code in a row.
 * The slot that SYSRET would use for 32-bit code stays empty, so no 32-bit user code segment exists.
 * All gates are interrupt gates: the kernel runs with interrupts off. Only #BP and #OF may be raised by `int`.
 *
 * A trap in the kernel is a bug and ends it with a report. An NMI that nobody asked for is counted and told once.
 * A #DB in the kernel comes from a guest's own debug registers or single step around the entry: it is dismissed.
 */
#include <stddef.h>
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/trap.h"
#include "debug/log.h"
#include "memory/memory.h"

#define MSR_GS_BASE 0xc0000101
#define GDT_SLOTS 9
#define GDT_TSS 0x38
#define GATE_INTERRUPT 0x8e00u
#define GATE_USER 0x6000u
#define TRAP_STUB_BYTES 16 /* trap.S */

struct table_pointer {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

struct cpu_stacks boot_stacks __attribute__((aligned(4096), section(".bss.stacks")));
static uint64_t boot_gdt[GDT_SLOTS];
static uint64_t idt[256][2] __attribute__((aligned(16)));

extern const char trap_stubs[]; /* trap.S: 256 of TRAP_STUB_BYTES */

static void idt_set(unsigned vector, enum ist ist, uint32_t extra)
{
	uint64_t entry = (uintptr_t)trap_stubs + vector * TRAP_STUB_BYTES;
	idt[vector][0] = (entry & 0xffff) | (uint64_t)KERNEL_CS << 16 | (uint64_t)ist << 32 |
			 (uint64_t)(GATE_INTERRUPT | extra) << 32 | (entry >> 16 & 0xffff) << 48;
	idt[vector][1] = entry >> 32;
}

static void idt_fill(void)
{
	for (unsigned vector = 0; vector < 256; vector++)
		idt_set(vector, IST_NONE, 0);
	idt_set(1, IST_DEBUG, 0);
	idt_set(2, IST_NMI, 0);
	idt_set(3, IST_NONE, GATE_USER);
	idt_set(4, IST_NONE, GATE_USER);
	idt_set(8, IST_DOUBLE_FAULT, 0);
	idt_set(18, IST_MACHINE_CHECK, 0);
}

static void gdt_fill(uint64_t *gdt, const struct tss *tss)
{
	uint64_t base = (uintptr_t)tss;
	gdt[KERNEL_CS / 8] = 0x00af9b000000ffff;
	gdt[KERNEL_SS / 8] = 0x00cf93000000ffff;
	gdt[USER_SS / 8] = 0x00cff3000000ffff;
	gdt[USER_CS / 8] = 0x00affb000000ffff;
	gdt[GDT_TSS / 8] = (sizeof(*tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
			   (base >> 24 & 0xff) << 56;
	gdt[GDT_TSS / 8 + 1] = base >> 32;
}

static void ist_fill(struct tss *tss, struct cpu_stacks *stacks, struct cpu *cpu)
{
	for (unsigned i = 0; i < IST_COUNT - 1; i++) {
		char *end = stacks->ist[i].bytes + sizeof(stacks->ist[i].bytes);
		*(struct cpu **)(void *)(end - 16) = cpu;
		tss->ist[i] = (uintptr_t)end - 16;
	}
}

static void tables_load(const uint64_t *gdt)
{
	struct table_pointer gdt_pointer = { GDT_SLOTS * 8 - 1, (uintptr_t)gdt };
	struct table_pointer idt_pointer = { sizeof(idt) - 1, (uintptr_t)idt };
	__asm__ volatile("lgdt %0" ::"m"(gdt_pointer));
	__asm__ volatile("lidt %0" ::"m"(idt_pointer));
	/* Code segment by a far return, then the data segments; fs and gs null. */
	__asm__ volatile("pushq %0\n\tleaq 1f(%%rip), %%rax\n\tpushq %%rax\n\tlretq\n1:\n\t"
			 "movl %1, %%eax\n\tmovl %%eax, %%ss\n\tmovl %2, %%eax\n\tmovl %%eax, %%ds\n\t"
			 "movl %%eax, %%es\n\tmovl %%eax, %%fs\n\tmovl %%eax, %%gs" ::"i"(KERNEL_CS),
			 "i"(KERNEL_SS), "i"(0)
			 : "rax", "memory");
	__asm__ volatile("ltr %w0" ::"r"(GDT_TSS));
	/* No local table: after reset its register may name anything. */
	__asm__ volatile("lldt %w0" ::"r"(0));
}

void descriptors_load(struct cpu *cpu, struct cpu_stacks *stacks)
{
	struct tss *tss = &cpu->tss;
	idt_fill();
	gdt_fill(boot_gdt, tss);
	ist_fill(tss, stacks, cpu);
	tss->io_bitmap = sizeof(*tss);
	cpu->self = cpu;
	cpu->kernel_stack = (uintptr_t)stacks->kernel + sizeof(stacks->kernel);
	tss->rsp[0] = cpu->kernel_stack;
	tables_load(boot_gdt);
	msr_write(MSR_GS_BASE, (uintptr_t)cpu);
}

void arch_unmap_guards(void)
{
	paging_unmap_kernel_page(boot_stacks.guard);
	for (unsigned i = 0; i < IST_COUNT - 1; i++)
		paging_unmap_kernel_page(boot_stacks.ist[i].guard);
}

bool stack_contains(uint64_t address)
{
	uint64_t offset = address - (uintptr_t)&boot_stacks;
	if (address % 8 || offset >= sizeof(boot_stacks))
		return false;
	if (offset >= offsetof(struct cpu_stacks, guard))
		return offset >= offsetof(struct cpu_stacks, kernel);
	return offset % sizeof(struct ist_stack) >= offsetof(struct ist_stack, bytes);
}

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

void trap_special_handle(struct trap_frame *frame)
{
	switch (frame->vector) {
	case 1:
		(void)debug_status_take();
		frame->rflags &= ~(uint64_t)FLAG_TF;
		return;
	case 2:
		if (trap_nmi_count++ == 0)
			log_print("NMI without a known reason at %p", (void *)frame->rip);
		return;
	default: trap_in_kernel(frame);
	}
}
