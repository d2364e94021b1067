/* SPDX-License-Identifier: MIT */
/*
 * Restarting interrupted calls: signal(7), "Interruption of system calls and library functions by signal handlers".
 *
 * A call is made again by putting rip back onto its two-byte instruction and the number back into rax.
 */
#include "core/errno.h"
#include "process/thread.h"
#include "signal/state.h"

#define SYSCALL_INSTRUCTION_BYTES 2u
#define NUMBER_RESTART_SYSCALL 219u

enum restart_action restart_decide(int64_t result, bool has_handler, uint64_t action_flags)
{
	switch (result) {
	case -ERESTARTNOINTR: return RESTART_AGAIN;
	case -ERESTARTSYS:
		return has_handler && !(action_flags & LINUX_SA_RESTART) ? RESTART_EINTR : RESTART_AGAIN;
	case -ERESTARTNOHAND: return has_handler ? RESTART_EINTR : RESTART_AGAIN;
	case -ERESTART_RESTARTBLOCK: return has_handler ? RESTART_EINTR : RESTART_THROUGH_BLOCK;
	default: return RESTART_KEEP;
	}
}

void restart_apply(struct thread *self, enum restart_action action)
{
	struct guest_registers *regs = &self->guest.regs;
	switch (action) {
	case RESTART_KEEP: return;
	case RESTART_EINTR: regs->rax = (uint64_t)-EINTR; break;
	case RESTART_AGAIN:
		regs->rax = regs->orig_rax;
		regs->rip -= SYSCALL_INSTRUCTION_BYTES;
		break;
	case RESTART_THROUGH_BLOCK:
		regs->rax = NUMBER_RESTART_SYSCALL;
		regs->rip -= SYSCALL_INSTRUCTION_BYTES;
		break;
	}
	regs->orig_rax = GUEST_NO_CALL;
}
