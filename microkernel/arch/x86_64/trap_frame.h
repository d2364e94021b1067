/* SPDX-License-Identifier: MIT */
/*
 * The registers of an interrupted context, as they lie at the start of a thread object.
 *
 * TSS.RSP0 points just behind `ss` of the running thread's frame, so the CPU itself pushes the last five words of an
 * interrupt or exception into the thread; SYSCALL entry writes the same layout. The end of the frame is 16-byte
 * aligned. Assembly offsets are generated from this structure.
 */
#ifndef LICHEN_ARCH_TRAP_FRAME_H
#define LICHEN_ARCH_TRAP_FRAME_H

#include <stdint.h>

struct trap_frame {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi;
	uint64_t vector; /* of the entry: exception or interrupt number, TRAP_SYSCALL for SYSCALL */
	uint64_t error_code;
	uint64_t rip, cs, rflags, rsp, ss;
};
_Static_assert(sizeof(struct trap_frame) % 16 == 0, "the CPU aligns RSP0 pushes to 16 bytes");

#define TRAP_SYSCALL 0x100u

#define KERNEL_CS 0x08u
#define KERNEL_SS 0x10u
#define USER_SS 0x2bu /* the same selectors for native and guest code */
#define USER_CS 0x33u

#endif
