/* SPDX-License-Identifier: MIT */
/*
 * thread_trampoline: first instruction of a thread made by shim_thread.c.
 * in: rdi start block, rsp 16-byte aligned; never returns. The call below gives C the stack alignment that it expects.
 */
	.text
	.globl thread_trampoline
	.type thread_trampoline, @function
thread_trampoline:
	xorl %ebp, %ebp
	call thread_start
	ud2
	.size thread_trampoline, . - thread_trampoline
	.section .note.GNU-stack, "", @progbits
