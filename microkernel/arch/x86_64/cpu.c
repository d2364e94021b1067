/* SPDX-License-Identifier: MIT */
/*
 * The CPU's features and control registers, and the small operations of cpu.h.
 *
 * Everything optional is used when CPUID has it and done without when not. PKU stays off: its register would follow
 * the lazily switched guest FPU state into native code.
 */
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/trap.h"
#include "arch/x86_64/instructions.h"
#include "structure/bytes.h"

#define MSR_EFER 0xc0000080u
#define MSR_STAR 0xc0000081u
#define MSR_LSTAR 0xc0000082u
#define MSR_CSTAR 0xc0000083u
#define MSR_SFMASK 0xc0000084u
#define MSR_TSC_AUX 0xc0000103u

#define EFER_SCE 0x001u
#define EFER_NXE 0x800u

#define CR0_MP 0x2u
#define CR0_EM 0x4u
#define CR0_TS 0x8u
#define CR0_NE 0x20u
#define CR0_WP 0x10000u
#define CR0_AM 0x40000u
#define CR0_NW_CD 0x60000000u

#define CR4_TSD 0x4u
#define CR4_PGE 0x80u
#define CR4_OSFXSR 0x200u
#define CR4_OSXMMEXCPT 0x400u
#define CR4_UMIP 0x800u
#define CR4_FSGSBASE 0x10000u
#define CR4_OSXSAVE 0x40000u
#define CR4_SMEP 0x100000u
#define CR4_SMAP 0x200000u

/* Cleared at SYSCALL: TF, IF, DF, NT, RF, AC. */
#define SYSCALL_FLAGS_CLEARED 0x54700u
/* SYSRET adds 16 for CS and 8 for SS. */
#define SYSRET_SELECTOR_BASE (USER_CS - 16)

struct cpu boot_cpu HOT_DATA;
struct cpu_features cpu_features HOT_DATA;

extern const char syscall_entry[];
extern char *const entry_patches_start[], *const entry_patches_end[];

static bool bit(uint32_t word, unsigned number)
{
	return word >> number & 1;
}

static void features_read(struct cpu_features *f)
{
	uint32_t basic_max = cpuid(0, 0).a, extended_max = cpuid(0x80000000, 0).a;
	struct cpuid basic = cpuid(1, 0);
	struct cpuid extended = cpuid(0x80000001, 0);

	f->pge = bit(basic.d, 13);
	f->x2apic = bit(basic.c, 21);
	f->xsave = bit(basic.c, 26);
	f->nx = bit(extended.d, 20);
	f->rdtscp = bit(extended.d, 27);
	if (basic_max >= 7) {
		struct cpuid structured = cpuid(7, 0);
		f->fsgsbase = bit(structured.b, 0);
		f->smep = bit(structured.b, 7);
		f->smap = bit(structured.b, 20);
		f->umip = bit(structured.c, 2);
	}
	if (f->xsave && basic_max >= 13)
		f->xsaveopt = bit(cpuid(13, 1).a, 0);
	if (extended_max >= 0x80000007)
		f->invariant_tsc = bit(cpuid(0x80000007, 0).d, 8);
}

static void control_registers_write(const struct cpu_features *f)
{
	uint64_t cr4 = cr4_read() | CR4_OSFXSR | CR4_OSXMMEXCPT;
	cr4 |= (f->pge ? CR4_PGE : 0u) | (f->umip ? CR4_UMIP : 0u) | (f->fsgsbase ? CR4_FSGSBASE : 0u) |
	       (f->xsave ? CR4_OSXSAVE : 0u) | (f->smep ? CR4_SMEP : 0u) | (f->smap ? CR4_SMAP : 0u);
	cr4_write(cr4 & ~(uint64_t)CR4_TSD);
	uint64_t cr0 = cr0_read() | CR0_MP | CR0_NE | CR0_WP | CR0_AM;
	cr0_write(cr0 & ~(uint64_t)(CR0_EM | CR0_TS | CR0_NW_CD));
	msr_write(MSR_EFER, msr_read(MSR_EFER) | EFER_SCE | (f->nx ? EFER_NXE : 0u));
}

static void syscall_enable(const struct cpu *cpu)
{
	msr_write(MSR_STAR, (uint64_t)SYSRET_SELECTOR_BASE << 48 | (uint64_t)KERNEL_CS << 32);
	msr_write(MSR_LSTAR, (uintptr_t)syscall_entry);
	msr_write(MSR_CSTAR, 0);
	msr_write(MSR_SFMASK, SYSCALL_FLAGS_CLEARED);
	msr_write(MSR_KERNEL_GS_BASE, 0);
	if (cpu_features.rdtscp)
		msr_write(MSR_TSC_AUX, cpu->number);
}

/* The entry code's places for CLAC; the boot page tables still let kernel text be written. */
static void entry_patch(void)
{
	static const unsigned char clac[3] = { 0x0f, 0x01, 0xca };
	for (char *const *place = entry_patches_start; place < entry_patches_end; place++)
		memcpy(*place, clac, sizeof(clac));
}

void cpu_init(void)
{
	struct cpu *cpu = &boot_cpu;
	descriptors_load(cpu, &boot_stacks);
	features_read(&cpu_features);
	control_registers_write(&cpu_features);
	if (cpu_features.smap)
		entry_patch();
	syscall_enable(cpu);
	fpu_init();
}

void cpu_load_page_table(paddr_t root)
{
	cr3_write(root.value);
}

void cpu_flush_page(uint64_t address)
{
	__asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
}

/* User translations; the kernel's are global and never change their rights after boot. */
void cpu_flush_all(void)
{
	cr3_write(cr3_read());
}
