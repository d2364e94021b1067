/* SPDX-License-Identifier: MIT */
/*
 * Calls whose wait in the kernel was ended by a kick: each answers what its handler would have when a signal came, so that
 * the way back to the guest restarts or interrupts it as Linux does. Some kicks are for nothing: the call then begins again.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "process/restart.h"
#include "route/routes.h"

int64_t routes_interrupted(struct thread *self)
{
	switch (self->guest.regs.orig_rax) {
	case CALL_NUMBER_futex: return futex_interrupted(self);
	case CALL_NUMBER_nanosleep:
	case CALL_NUMBER_clock_nanosleep: return sleep_interrupted(self);
	default: return -ERESTARTSYS;
	}
}
