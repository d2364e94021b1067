/* SPDX-License-Identifier: MIT */
/*
 * Every way into the kernel and back out of it.
 *
 * From user mode the CPU pushes into the running thread's own frame (RSP0 is its end), and the code here pushes the
 * other registers behind it; SYSCALL stores the same layout. So when C is called the thread's frame is complete, the
 * kernel stack is empty, GS is the CPU's block, DF and AC are clear. Interrupts stay off in the kernel.
 *
 * #DB, NMI, #DF and #MC come on stacks of their own (trap.h) and trust nothing about GS: the base found is kept, the
 * right one written, and the found one put back. A #DB from user mode moves to the thread's frame and goes the usual way.
 */
#include "offsets.h"

#define MSR_GS_BASE 0xc0000101
#define FLAGS_TRAP_RESUME 0x10100
#define FLAGS_NATIVE 0x202
/* Above vector and error code, as the CPU pushed them. */
#define PUSHED_CS 24
#define PUSHED_RIP 16

	.section .text.entry, "ax", @progbits

/* Clear AC. Three bytes of NOP until cpu_init finds SMAP and writes CLAC there. */
.macro CLEAR_AC
88:	.byte 0x0f, 0x1f, 0x00
	.pushsection entry_patches, "a", @progbits
	.quad 88b
	.popsection
.endm

/* In: RSP at the vector. Out: RSP at a complete struct trap_frame. */
.macro PUSH_REGISTERS
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rax
	pushq %r8
	pushq %r9
	pushq %r10
	pushq %r11
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
.endm

/* In: RSP at a frame. Out: RSP at what IRETQ takes. */
.macro POP_REGISTERS
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	popq %r11
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	popq %rcx
	popq %rdx
	popq %rsi
	popq %rdi
	addq $16, %rsp
.endm

/* One stub of 16 bytes for each vector: error code (0 where the CPU gives none), vector. */
	.balign 16
	.global trap_stubs
trap_stubs:
	vector = 0
	.rept 256
	.balign 16
	.if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && vector != 29 && vector != 30
	pushq $0
	.endif
	pushq $vector
	.if vector == 1
	jmp trap_debug
	.elseif vector == 2 || vector == 8 || vector == 18
	jmp trap_special
	.else
	jmp trap_entry
	.endif
	vector = vector + 1
	.endr
	.balign 16

trap_entry:
	testb $3, PUSHED_CS(%rsp)
	jz trap_from_kernel
	PUSH_REGISTERS
	movq %rsp, %rdi
	swapgs
	movq %gs:CPU_KERNEL_STACK, %rsp
	cld
	CLEAR_AC
	xorl %ebp, %ebp
	call kernel_trap
	ud2

/* An interrupt while idle starts the kernel afresh; anything else in the kernel is its end. */
trap_from_kernel:
	cld
	cmpq $TRAP_INTERRUPT_FIRST_VECTOR, (%rsp)
	jb 1f
	pushq %rax
	leaq cpu_idle(%rip), %rax
	cmpq %rax, 8 + PUSHED_RIP(%rsp)
	jb 2f
	leaq cpu_idle_end(%rip), %rax
	cmpq %rax, 8 + PUSHED_RIP(%rsp)
	jae 2f
	popq %rax
	movq (%rsp), %rdi
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
	call kernel_idle_interrupt
	ud2
2:	popq %rax
1:	PUSH_REGISTERS
	movq %rsp, %rdi
	andq $-16, %rsp
	call trap_in_kernel
	ud2

trap_debug:
	testb $3, PUSHED_CS(%rsp)
	jz trap_special
	PUSH_REGISTERS
	cld
	CLEAR_AC
	swapgs
	movq %rsp, %rsi
	movq %gs:CPU_CURRENT, %rdi
	movl $FRAME_BYTES / 8, %ecx
	rep movsq
	movq %gs:CPU_CURRENT, %rdi
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
	call kernel_trap
	ud2

/* trap_special_handle(frame) returns when the interrupted code may go on. R12, R13: the GS base found. */
trap_special:
	PUSH_REGISTERS
	cld
	CLEAR_AC
	movl $MSR_GS_BASE, %ecx
	rdmsr
	movl %eax, %r12d
	movl %edx, %r13d
	movq FRAME_BYTES(%rsp), %rax
	movq %rax, %rdx
	shrq $32, %rdx
	wrmsr
	movq %rsp, %rdi
	xorl %ebp, %ebp
	call trap_special_handle
	movl $MSR_GS_BASE, %ecx
	movl %r12d, %eax
	movl %r13d, %edx
	wrmsr
	POP_REGISTERS
	iretq

	.section .text.entry_hot, "ax", @progbits

/* The user's registers as SYSCALL left them; RAX, RCX, R11 and GS are loaded already. */
.macro SYSRET_TO_USER
	movq %gs:CPU_SCRATCH, %rsp
	swapgs
	sysretq
.endm

/*
 * SYSCALL: RCX is the return address, R11 the flags, RSP still the user's.
 *
 * A guest's call that a word of its record answers (domain->route_words) goes back from here; only RAX, RCX and R11 are
 * used. Everything else gets a frame. kernel_syscall returns when the same guest goes on with nothing changed but RAX in
 * its frame. Both leave by SYSRET: the guest came by SYSCALL, without TF and RF, and user code ends a page below the
 * addresses that are not canonical.
 */
	.balign 16
	.global syscall_entry
syscall_entry:
	swapgs
	movq %rsp, %gs:CPU_SCRATCH
	movq %gs:CPU_CURRENT, %rsp
	cmpl $GUEST_MODE, THREAD_MODE(%rsp)
	jne 1f
	cmpq $ROUTE_NUMBER_COUNT, %rax
	jae 1f
	testl $FLAGS_TRAP_RESUME, %r11d
	jnz 1f
	movq %rcx, FRAME_RIP(%rsp)
	movq %r11, FRAME_RFLAGS(%rsp)
	movq THREAD_DOMAIN(%rsp), %rcx
	movzbl DOMAIN_ROUTE_WORDS(%rcx,%rax), %ecx
	testl %ecx, %ecx
	jz 2f
	movq THREAD_RECORD(%rsp), %r11
	btl %ecx, RECORD_ROUTE_GATE(%r11)
	jc 2f
	cmpb $0, THREAD_KICKED(%rsp)
	jne 2f
	movl RECORD_ROUTE_WORDS - 4(%r11,%rcx,4), %eax
	incq RECORD_ROUTED_CALLS(%r11)
	movq FRAME_RIP(%rsp), %rcx
	movq FRAME_RFLAGS(%rsp), %r11
	SYSRET_TO_USER
2:	movq FRAME_RIP(%rsp), %rcx
	movq FRAME_RFLAGS(%rsp), %r11
1:	addq $FRAME_BYTES, %rsp
	pushq $USER_SS_SELECTOR
	pushq %gs:CPU_SCRATCH
	pushq %r11
	pushq $USER_CS_SELECTOR
	pushq %rcx
	pushq $0
	pushq $TRAP_SYSCALL_VECTOR
	PUSH_REGISTERS
	movq %rsp, %rdi
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
	call kernel_syscall
	movq %gs:CPU_CURRENT, %rsp
	movq FRAME_RIP(%rsp), %rcx
	movq FRAME_RBP(%rsp), %rbp
	movq FRAME_RFLAGS(%rsp), %r11
	addq $FRAME_R10, %rsp
	popq %r10
	popq %r9
	popq %r8
	popq %rax
	addq $8, %rsp
	popq %rdx
	popq %rsi
	popq %rdi
	SYSRET_TO_USER

/* cpu_return(RDI general registers, RSI rip, RDX flags, RCX rsp) */
	.global cpu_return
cpu_return:
	movq %rcx, %rsp
	movq %rdx, %r11
	movq %rsi, %rcx
	offset = 0
	.irp name, r15, r14, r13, r12, rbp, rbx
	movq offset(%rdi), %\name
	offset = offset + 8
	.endr
	offset = offset + 8
	.irp name, r10, r9, r8, rax
	movq offset(%rdi), %\name
	offset = offset + 8
	.endr
	offset = offset + 8
	.irp name, rdx, rsi, rdi
	movq offset(%rdi), %\name
	offset = offset + 8
	.endr
	swapgs
	sysretq

/* cpu_start_native(RDI first argument, RSI second, RDX rip, RCX rsp) */
	.global cpu_start_native
cpu_start_native:
	movq %rcx, %rsp
	movq %rdx, %rcx
	movl $FLAGS_NATIVE, %r11d
	.irp name, eax, edx, ebx, ebp, r8d, r9d, r10d, r12d, r13d, r14d, r15d
	xorl %\name, %\name
	.endr
	swapgs
	sysretq

	.section .text.entry, "ax", @progbits

/* cpu_return_frame(RDI thread) */
	.global cpu_return_frame
cpu_return_frame:
	movq %rdi, %rsp
	POP_REGISTERS
	swapgs
	iretq

/* Nothing to run: wait for an interrupt on an empty kernel stack. An NMI comes back here and waits again. */
	.balign 16
	.global cpu_idle
cpu_idle:
	movq $0, %gs:CPU_CURRENT
	movq %gs:CPU_KERNEL_STACK, %rsp
	xorl %ebp, %ebp
1:	sti
	hlt
	jmp 1b

/* Let interrupts in for one instruction: one that waits starts the kernel afresh, as from idle. No arguments, no result,
   clobbers nothing; called on the kernel stack. */
	.global cpu_interrupt_window
cpu_interrupt_window:
	sti
	nop
	cli
	ret
cpu_idle_end:

	.section .note.GNU-stack, "", @progbits
