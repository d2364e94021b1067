/* SPDX-License-Identifier: MIT */
/*
 * The guest boundary and who owns the FPU registers.
 */
#ifndef LICHEN_THREAD_GUEST_H
#define LICHEN_THREAD_GUEST_H

#include "thread/thread.h"

/* Continue in guest mode with the record's registers, or leave at once with EXIT_KICK when a kick is latched. INVALID:
   no record, space or exit entry, or registers that user code may not have. */
status_t guest_enter(struct thread *thread);
/* EXIT_FAULT or EXIT_DEBUG for the exception in the frame. */
void guest_fault(struct thread *thread, uint64_t fault_address, uint32_t fault_reason);
/* Native code afresh, at the domain's exit entry: record and reason, on the empty stack. */
void native_start_at_exit_entry(struct thread *thread, enum guest_exit reason);
/* Native code afresh: all registers 0 but the stack and two arguments. */
void native_start(struct thread *thread, uint64_t entry, uint64_t first, uint64_t second);

/* A thread's FPU image, up to date in memory; the registers may still hold it. */
void *fpu_guest_image(struct thread *thread);
/* The guest's image in memory is what counts from now on. */
void fpu_forget_guest(struct thread *thread);
/* The thread ends: the registers hold nothing of it. */
void fpu_forget(struct thread *thread);
/* #NM: give the registers to the thread's present mode. False: its native code may not use the FPU. */
bool fpu_take(struct thread *thread);
/* Whether the registers hold the state of the thread's present mode: then CR0.TS may be clear. */
bool fpu_is_own(const struct thread *thread);

#endif
