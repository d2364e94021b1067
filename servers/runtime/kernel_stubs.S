/* SPDX-License-Identifier: MIT */
/*
 * The four message calls (microkernel/abi/stubs.h). Words travel in registers as microkernel/abi/message.h says; each
 * routine loads them from struct message and, when the call was answered with OK, stores what came back.
 *
 * in: C arguments; out: eax status; clobbers: what the C ABI allows; stack: seven words.
 */
#define CALL_IPC_CALL 20
#define CALL_IPC_RECEIVE 21
#define CALL_IPC_REPLY 22
#define CALL_IPC_REPLY_RECEIVE 23

/* Offsets of struct message. */
#define TAG 0
#define BADGE 8
#define WORDS 16

	.text

.macro SAVE message
	pushq %rbx
	pushq %rbp
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	pushq \message
.endm

/* From the message at rcx; r10 is the kernel's fourth word register. */
.macro LOAD_WORDS
	movq TAG(%rcx), %rsi
	movq WORDS(%rcx), %rdx
	movq WORDS+8(%rcx), %r10
	movq WORDS+16(%rcx), %r8
	movq WORDS+24(%rcx), %r9
	movq WORDS+32(%rcx), %rbx
	movq WORDS+40(%rcx), %r12
	movq WORDS+48(%rcx), %r13
	movq WORDS+56(%rcx), %r14
.endm

.macro ROUTINE name
	.globl \name
	.type \name, @function
\name:
.endm

/* rdi endpoint, rsi message */
ROUTINE ipc_call
	SAVE %rsi
	movq %rsi, %rcx
	movl %edi, %edi
	LOAD_WORDS
	movl $CALL_IPC_CALL, %eax
	syscall
	jmp store
	.size ipc_call, . - ipc_call

/* rdi endpoint, rsi notification, rdx deadline, rcx message */
ROUTINE ipc_receive
	SAVE %rcx
	movl %edi, %edi
	movl %esi, %r15d
	movq %rdx, %rbp
	xorl %esi, %esi
	movl $CALL_IPC_RECEIVE, %eax
	syscall
	jmp store
	.size ipc_receive, . - ipc_receive

/* rdi endpoint, rsi notification, rdx deadline, rcx message */
ROUTINE ipc_reply_receive
	SAVE %rcx
	movl %edi, %edi
	movl %esi, %r15d
	movq %rdx, %rbp
	LOAD_WORDS
	movl $CALL_IPC_REPLY_RECEIVE, %eax
	syscall
	jmp store
	.size ipc_reply_receive, . - ipc_reply_receive

/* rdi endpoint, rsi message: nothing comes back but the status */
ROUTINE ipc_reply
	SAVE %rsi
	movq %rsi, %rcx
	movl %edi, %edi
	LOAD_WORDS
	movl $CALL_IPC_REPLY, %eax
	syscall
	jmp restore
	.size ipc_reply, . - ipc_reply

/* in: the registers after a call, the message on the stack; out: as the routines */
store:
	testq %rax, %rax
	jnz restore
	movq (%rsp), %rcx
	movq %rsi, TAG(%rcx)
	movq %rdi, BADGE(%rcx)
	movq %rdx, WORDS(%rcx)
	movq %r10, WORDS+8(%rcx)
	movq %r8, WORDS+16(%rcx)
	movq %r9, WORDS+24(%rcx)
	movq %rbx, WORDS+32(%rcx)
	movq %r12, WORDS+40(%rcx)
	movq %r13, WORDS+48(%rcx)
	movq %r14, WORDS+56(%rcx)
restore:
	addq $8, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbp
	popq %rbx
	ret

	.section .note.GNU-stack, "", @progbits
