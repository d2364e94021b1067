/* SPDX-License-Identifier: MIT */
/*
 * A call is told when it begins and goes on when it ends, in one line unless another thread had something to tell in between.
 *
 * A call that does not come back (exit, a deadly one) is told at its start. Where there is no memory for the line, the call is not
 * told, and counted with the lines that found no room.
 */
#include "calls/strace/call.h"

#include "calls/strace.h"
#include "calls/strace/ring.h"
#include "calls/strace/tell.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "process/thread.h"
#include "signal/state.h"

#define NS_PER_MICROSECOND 1000u
#define MICROSECONDS 1000000u
#define HEAD_MAX 96u
#define TEXT_MAX 3800u
#define RESULT_ROOM 256u /* of the text, for what comes behind the arguments */

struct told_call {
	struct tell tell;
	char text[TEXT_MAX];
};
_Static_assert(sizeof(struct told_call) <= 4096, "one page");

void strace_stamp(struct format_buffer *out, const struct thread *self, uint64_t time_ns)
{
	uint64_t time = time_ns / NS_PER_MICROSECOND;
	format_append(out, "%d %lu.%06lu ", self->tid, time / MICROSECONDS, time % MICROSECONDS);
}

/* false: it waits for the call's end. */
static bool tell_argument(struct tell *tell)
{
	const struct call_row *row = tell->row;
	uint32_t index = tell->index;
	uint64_t value = tell->arguments[index];
	if (row->decoders[index] && call_decoders[row->decoders[index]] == decode_omit) {
		tell->omitted = true;
	} else if (row->kinds[index] == ARGUMENT_PATH && !row->decoders[index]) {
		tell_path(tell, value);
	} else if (!row->decoders[index]) {
		if (row->sets[index])
			tell_names(tell, row->sets[index], (uint32_t)value);
		else
			call_append_argument(&tell->out, row, index, value);
	} else if (row->kinds[index] != ARGUMENT_OUT) {
		return call_decoders[row->decoders[index]](tell, value);
	} else if (!tell->ended) {
		return false;
	} else if (tell_failed(tell)) {
		tell_pointer(tell, value);
	} else {
		(void)call_decoders[row->decoders[index]](tell, value);
	}
	return true;
}

/* From where it stopped before, as far as can be. */
static void tell_arguments(struct tell *tell)
{
	for (; tell->next < tell->row->argument_count; tell->next++) {
		size_t before = tell->out.used;
		tell->index = tell->next;
		tell->omitted = false;
		if (tell->next && !(tell->ended && tell->next == tell->waits_for))
			format_append(&tell->out, ", ");
		if (!tell_argument(tell)) {
			tell->waits_for = tell->next;
			return;
		}
		if (tell->omitted)
			tell->out.used = before;
	}
	tell->out.text[tell->out.used] = 0;
}

/* A call that a signal's end brings back says which; rt_sigreturn has its arguments on the stack. */
static void tell_hidden_arguments(struct tell *tell, struct thread *self)
{
	uint64_t mask, address = self->guest.regs.rsp + offsetof(struct linux_ucontext, mask);
	if (tell->number == CALL_NUMBER_restart_syscall) {
		format_append(&tell->out, "<... resuming interrupted ");
		call_append_name(&tell->out, self->told_interrupted);
		format_append(&tell->out, " ...>");
	} else if (tell->number == CALL_NUMBER_rt_sigreturn &&
		   !guest_read(&mask, (gaddr_t){ address }, sizeof(mask))) {
		format_append(&tell->out, "{mask=");
		tell_signal_set(tell, mask);
		format_append(&tell->out, "}");
	}
}

static void keep_before(struct tell *tell)
{
	for (uint32_t i = 0; i < tell->row->argument_count; i++)
		if (tell->row->kinds[i] == ARGUMENT_PTR && tell->row->decoders[i] && tell->arguments[i] &&
		    guest_read(tell->before[i], (gaddr_t){ tell->arguments[i] }, sizeof(tell->before[i])))
			(void)guest_read(tell->before[i], (gaddr_t){ tell->arguments[i] }, sizeof(uint32_t));
}

static bool comes_back(uint64_t number)
{
	return number != CALL_NUMBER_exit && number != CALL_NUMBER_exit_group;
}

struct told_call *strace_enter(struct thread *self)
{
	const struct guest_registers *regs = &self->guest.regs;
	struct told_call *call = slab_allocate(sizeof(*call));
	if (!call) {
		strace_count_lost();
		return NULL;
	}
	struct tell *tell = &call->tell;
	tell->number = (uint32_t)regs->orig_rax;
	tell->row = call_row_of(tell->number);
	tell->time_ns = self->guest.exit_time_ns;
	const uint64_t arguments[6] = { regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9 };
	for (uint32_t i = 0; i < 6; i++)
		tell->arguments[i] = arguments[i];
	tell->out = format_start(call->text, TEXT_MAX - RESULT_ROOM);
	strace_stamp(&tell->out, self, tell->time_ns);
	call_append_name(&tell->out, tell->number);
	format_append(&tell->out, "(");
	keep_before(tell);
	tell_hidden_arguments(tell, self);
	tell_arguments(tell);
	strace_begin(self->tid, call->text, tell->out.used);
	if (comes_back(tell->number))
		return call;
	strace_leave(self, call, INT64_MIN);
	return NULL;
}

void strace_leave(struct thread *self, struct told_call *call, int64_t result)
{
	struct tell *tell = &call->tell;
	char head[HEAD_MAX];
	struct format_buffer resumed = format_start(head, sizeof(head));
	strace_stamp(&resumed, self, clock_monotonic_ns());
	format_append(&resumed, "<... ");
	call_append_name(&resumed, tell->number);
	format_append(&resumed, " resumed>");
	if (result == -ERESTART_RESTARTBLOCK && tell->number != CALL_NUMBER_restart_syscall)
		self->told_interrupted = (uint32_t)tell->number;
	tell->out = format_start(call->text, TEXT_MAX - RESULT_ROOM);
	tell->result = signal_fatal_pending(self) ? INT64_MIN : result;
	tell->ended = true;
	if (tell->result != INT64_MIN)
		tell_arguments(tell);
	else if (tell->next < tell->row->argument_count)
		format_append(&tell->out, " <unfinished ...>");
	tell->out.size = TEXT_MAX;
	format_append(&tell->out, ") = ");
	strace_result(tell);
	strace_end(self->tid, &resumed, &tell->out);
	slab_free(call, sizeof(*call));
}
