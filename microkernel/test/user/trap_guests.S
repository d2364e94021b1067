/* SPDX-License-Identifier: MIT */
/*
 * Guests that do what guests must not, or do it in the worst state: trap_test.c says what each exit must look like.
 * GUEST makes the entry trap_NAME; the label trap_NAME_at is the instruction pointer that the exit must tell.
 */
#define KERNEL_ADDRESS 0xffffffff80101100
#define NOT_CANONICAL 0x0000800000000000

.macro GUEST name
	.globl trap_\name, trap_\name\()_at
trap_\name:
.endm

.macro AT name
trap_\name\()_at:
.endm

	.text
GUEST divide
	xorl %ecx, %ecx
AT divide
	divl %ecx

GUEST breakpoint
	int3
AT breakpoint
	ud2

GUEST invalid
AT invalid
	ud2

GUEST halt
AT halt
	hlt

GUEST cli
AT cli
	cli

GUEST port
	movl $0x3f8, %edx
AT port
	inb %dx, %al

GUEST wrmsr
	movl $0xc0000101, %ecx
AT wrmsr
	wrmsr

GUEST load_cr3
AT load_cr3
	movq %rax, %cr3

GUEST int80
AT int80
	int $0x80

GUEST int_nmi
AT int_nmi
	int $2

GUEST int_double_fault
AT int_double_fault
	int $8

GUEST int_timer
AT int_timer
	int $0xf0

GUEST read_kernel
	movabsq $KERNEL_ADDRESS, %rax
AT read_kernel
	movq (%rax), %rax

GUEST write_kernel
	movabsq $KERNEL_ADDRESS, %rax
AT write_kernel
	movq %rax, (%rax)

GUEST jump_kernel
	movabsq $KERNEL_ADDRESS, %rax
	jmp *%rax

/* Where it stops depends on the CPU: at the jump or behind it. */
GUEST jump_not_canonical
	movabsq $NOT_CANONICAL, %rax
	jmp *%rax

GUEST read_not_canonical
	movabsq $NOT_CANONICAL, %rax
AT read_not_canonical
	movq (%rax), %rax

/* The kernel must not touch the stack that it finds. */
GUEST call_on_kernel_stack
	movabsq $KERNEL_ADDRESS, %rsp
	syscall
AT call_on_kernel_stack
	ud2

GUEST breakpoint_on_bad_stack
	movabsq $NOT_CANONICAL, %rsp
	int3
AT breakpoint_on_bad_stack
	ud2

GUEST push_on_kernel_stack
	movabsq $KERNEL_ADDRESS, %rsp
AT push_on_kernel_stack
	pushq %rax

/* GS of the kernel's half, as a guest with FSGSBASE may set it. */
GUEST kernel_gs_call
	movabsq $KERNEL_ADDRESS, %rax
	wrgsbase %rax
	syscall
AT kernel_gs_call
	ud2

GUEST kernel_gs_debug
	movabsq $KERNEL_ADDRESS, %rax
	wrgsbase %rax
	leaq trap_step_flags(%rip), %rsp
	popfq
	nop
AT kernel_gs_debug
	ud2

/* Backwards strings, nested task, alignment checks: flags set at entry. */
GUEST call_with_flags
	syscall
AT call_with_flags
	ud2

GUEST step_with_flags
	nop
AT step_with_flags
	ud2

/* To the slot of a 32-bit code segment that is not there. */
GUEST far_to_32_bit
	leaq trap_far_stack(%rip), %rsp
AT far_to_32_bit
	lretq

GUEST sysenter
AT sysenter
	sysenter

GUEST load_null_segments
	xorl %eax, %eax
	movl %eax, %ds
	movl %eax, %es
	movl %eax, %fs
	movl %eax, %gs
	syscall
AT load_null_segments
	ud2

/* An x87 division by zero, told at the next waiting instruction. */
GUEST x87_error
	fninit
	leaq trap_x87_control(%rip), %rax
	fldcw (%rax)
	fld1
	fldz
	fdivrp %st, %st(1)
AT x87_error
	fwait
	ud2

/* Reads the word that DR0 watches into SS, then calls: on some CPUs the #DB comes inside the kernel. */
GUEST watched_stack_segment
	leaq trap_watched(%rip), %rax
	movw (%rax), %ss
	syscall
	ud2

	.balign 8
	.globl trap_watched
trap_watched:
	.quad 0x2b
trap_x87_control:
	.short 0x37b
	.balign 8
trap_far_stack:
	.quad trap_invalid, 0x23
trap_step_flags:
	.quad 0x302 /* TF */

	.section .note.GNU-stack, "", @progbits
