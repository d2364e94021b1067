/* SPDX-License-Identifier: MIT */
/*
 * Structure offsets and numbers for assembly: compiled to text only; the build turns each marked line into a #define.
 */
#include <stddef.h>
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/trap.h"
#include "object/domain.h"
#include "thread/thread.h"

#define OFFSET(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" ::"i"(value))

_Static_assert(offsetof(struct thread, frame) == 0,
	       "the entry code takes the frame's address for the thread's");

void offsets(void);
void offsets(void)
{
	_Static_assert(offsetof(struct cpu, self) == 0, "cpu_self reads it there");
	OFFSET(CPU_KERNEL_STACK, offsetof(struct cpu, kernel_stack));
	OFFSET(CPU_CURRENT, offsetof(struct cpu, current));
	OFFSET(CPU_SCRATCH, offsetof(struct cpu, scratch));
	OFFSET(FRAME_BYTES, sizeof(struct trap_frame));
	OFFSET(FRAME_RIP, offsetof(struct trap_frame, rip));
	OFFSET(FRAME_RFLAGS, offsetof(struct trap_frame, rflags));
	OFFSET(FRAME_RBP, offsetof(struct trap_frame, rbp));
	OFFSET(FRAME_R10, offsetof(struct trap_frame, r10));
	OFFSET(THREAD_MODE, offsetof(struct thread, mode));
	OFFSET(THREAD_DOMAIN, offsetof(struct thread, domain));
	OFFSET(THREAD_RECORD, offsetof(struct thread, record));
	OFFSET(THREAD_KICKED, offsetof(struct thread, kicked));
	OFFSET(GUEST_MODE, MODE_GUEST);
	OFFSET(DOMAIN_ROUTE_WORDS, offsetof(struct domain, route_words));
	OFFSET(RECORD_ROUTE_GATE, offsetof(struct guest_record, route_gate));
	OFFSET(RECORD_ROUTE_WORDS, offsetof(struct guest_record, route_words));
	OFFSET(RECORD_ROUTED_CALLS, offsetof(struct guest_record, routed_calls));
	OFFSET(ROUTE_NUMBER_COUNT, ROUTE_NUMBERS);
	OFFSET(USER_SS_SELECTOR, USER_SS);
	OFFSET(USER_CS_SELECTOR, USER_CS);
	OFFSET(BOOT_KERNEL_STACK_TOP, offsetof(struct cpu_stacks, kernel) + KERNEL_STACK_BYTES);
	OFFSET(BOOT_PROTOCOL_MULTIBOOT2, BOOT_MULTIBOOT2);
	OFFSET(BOOT_PROTOCOL_PVH, BOOT_PVH);
	OFFSET(TRAP_SYSCALL_VECTOR, TRAP_SYSCALL);
	OFFSET(TRAP_INTERRUPT_FIRST_VECTOR, TRAP_INTERRUPT_FIRST);
}
