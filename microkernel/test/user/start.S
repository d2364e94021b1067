/* SPDX-License-Identifier: MIT */
/*
 * Entry of the user-mode tests, and the pieces that must be exact instructions: guests, children that fault, and the exit
 * entry, which passes record and reason on to C.
 */
	.section .header, "a"
	.globl image_header
image_header:
	.quad 0x313074616c66
	.quad _start
	.quad 2
	.quad 0, 0
	.quad image_start, image_text_bytes, 0, image_text_bytes
	.long 5, 0
	.quad image_data, image_data_bytes, image_text_bytes, image_data_bytes
	.long 3, 0
	.fill 6 * 40, 1, 0

	.text
	.globl _start
_start:
	xorl %ebp, %ebp
	andq $-16, %rsp
	call user_main
	ud2

	.globl exit_entry
exit_entry:
	call guest_stopped
	ud2

/* out: rax 0 when a call kept all registers that it must keep */
	.globl registers_kept
registers_kept:
	pushq %rbx
	pushq %r12
	pushq %r15
	movq $0x1111, %rbx
	movq $0x2222, %r12
	movq $0x3333, %r15
	movq $0x4444, %rdi
	movq $0x5555, %r9
	movq $12345, %rax
	syscall
	cmpq $-1, %rax
	jne 1f
	cmpq $0x1111, %rbx
	jne 1f
	cmpq $0x2222, %r12
	jne 1f
	cmpq $0x3333, %r15
	jne 1f
	cmpq $0x4444, %rdi
	jne 1f
	cmpq $0x5555, %r9
	jne 1f
	xorl %eax, %eax
	jmp 2f
1:	movl $1, %eax
2:	popq %r15
	popq %r12
	popq %rbx
	ret

	.globl child_uses_fpu
child_uses_fpu:
	pxor %xmm0, %xmm0
	ud2

	.globl child_writes_null
child_writes_null:
	movq $1, 0x18
	ud2

	.globl child_halts
child_halts:
	hlt
	ud2

/* Guest: calls for ever; rax counts the answers it got, r12 the calls. */
	.globl guest_calls
guest_calls:
	movq $39, %rax
	syscall
	incq %r12
	jmp guest_calls

/* Guest: call 40 with the registers it was started with, then call 41. In front: 20 ms as a time. */
	.balign 64
	.globl guest_shortly, guest_parks
guest_shortly:
	.quad 0, 20000000
guest_parks:
	movl $40, %eax
	syscall
	movq %rax, %r12
	movl $41, %eax
	syscall
	ud2

	.globl guest_spins
guest_spins:
	incq %r12
	jmp guest_spins

	.globl guest_faults
guest_faults:
	movq $0x123456, %rbx
	movq %rax, 0x10(%rbx)
	ud2

/* Guest: loads a register, calls, compares: rdi tells whether it was kept. */
	.globl guest_uses_fpu
guest_uses_fpu:
	movq $0x5a5a5a5a5a5a5a5a, %rbx
	movq %rbx, %xmm5
1:	movl $1, %eax
	syscall
	movq %xmm5, %rdi
	jmp 1b

	.section .note.GNU-stack, "", @progbits
