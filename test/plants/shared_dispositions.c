/* SPDX-License-Identifier: MIT */
/*
 * A known bug, planted: in place of signal/sighand.c. A child that shares its parent's memory shares its dispositions too, and
 * keeps them through exec: what its new image installs is then found in the parent, whose image has nothing at that address.
 */
#include "signal/state.h"

struct sighand *sighand_copy_right(struct sighand *sighand, bool clear_handlers);
#define sighand_copy sighand_copy_right
#include "../../servers/linux-personality/signal/sighand.c"
#undef sighand_copy

#include "calls/calls.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/thread.h"

/* The flags of the clone that the call in hand asks for; 0 when it is another call. */
static uint64_t clone_flags(const struct guest_registers *regs)
{
	uint64_t flags = 0;
	switch (regs->orig_rax) {
	case CALL_NUMBER_vfork: return LINUX_CLONE_VM;
	case CALL_NUMBER_clone: return regs->rdi;
	case CALL_NUMBER_clone3: return guest_read(&flags, (gaddr_t){ regs->rdi }, sizeof(flags)) ? 0 : flags;
	default: return 0;
	}
}

static bool in_exec(const struct guest_registers *regs)
{
	return regs->orig_rax == CALL_NUMBER_execve || regs->orig_rax == CALL_NUMBER_execveat;
}

struct sighand *sighand_copy(struct sighand *sighand, bool clear_handlers)
{
	const struct guest_registers *regs = &thread_self()->guest.regs;
	if (!in_exec(regs) && !(clone_flags(regs) & LINUX_CLONE_VM))
		return sighand_copy_right(sighand, clear_handlers);
	sighand_get(sighand);
	return sighand;
}
