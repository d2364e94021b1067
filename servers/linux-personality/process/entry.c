/* SPDX-License-Identifier: MIT */
/*
 * Where guests enter: the kernel starts this on the thread's empty native stack at every exit.
 */
#include "process/entry.h"

#include "calls/calls.h"
#include "calls/gaps.h"
#include "calls/strace.h"
#include "calls/trace.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/lock_order.h"
#include "core/stack_pool.h"
#include "process/clone.h"
#include "process/first.h"
#include "process/rseq.h"
#include "route/routes.h"
#include "runtime/client.h"
#include "signal/state.h"
#include "system/events.h"

static __thread struct thread *running;

struct thread *thread_self(void)
{
	return running;
}

static inline int64_t call_dispatch(struct thread *self)
{
	uint32_t number = (uint32_t)self->guest.regs.orig_rax;
	call_entry *entry = number < CALL_ROW_COUNT ? call_entries[number] : NULL;
	return entry ? entry(self, &self->guest.regs) : -ENOSYS;
}

/* A call that is told in full, in the stream of its process tree. */
static __attribute__((noinline)) int64_t call_dispatch_told(struct thread *self)
{
	struct told_call *told = strace_enter(self);
	int64_t result = call_dispatch(self);
	if (told)
		strace_leave(self, told, result);
	return result;
}

static void run_call(struct thread *self)
{
	struct trace_call *trace = trace_begin(&self->trace, &self->guest);
	int64_t result = self->guest.route_gate & GATE_STRACE ? call_dispatch_told(self)
							      : call_dispatch(self);
	trace_end(trace, result);
	if (gap_possible(result))
		gap_look(self, result);
	self->guest.regs.rax = (uint64_t)result;
}

/* First entry: what Linux's schedule_tail does for a new thread. */
static void start(struct thread *self)
{
	thread_set_message_page(self->native_stack->message_page);
	event_note_task(self);
	if (!self->mm)
		first_process_begin(self);
	else
		clone_first_entry(self);
}

_Noreturn void personality_enter(struct thread *self, uint32_t reason)
{
	running = self;
	lock_forget_held();
	switch (reason) {
	case EXIT_SYSCALL: run_call(self); break;
	case EXIT_FAULT:
	case EXIT_DEBUG: signal_from_exception(self); break;
	case EXIT_START: start(self); break;
	case EXIT_INTERRUPTED: self->guest.regs.rax = (uint64_t)routes_interrupted(self); break;
	default: break;
	}
	rseq_before_return(self, reason);
	thread_return_to_guest(self);
}
