/* SPDX-License-Identifier: MIT */
/*
 * Lines that are no calls: signals taken, threads stopped and ended; and who is told at all.
 */
#include "calls/strace.h"
#include "calls/strace/call.h"
#include "calls/strace/ring.h"
#include "calls/strace/tell.h"
#include "core/clock.h"
#include "core/errno.h"
#include "linux_abi/process.h"
#include "process/tree.h"
#include "signal/state.h"

#define LINE_MAX 320u

static struct tell begin_line(char line[LINE_MAX], const struct thread *self)
{
	struct tell tell = { .out = format_start(line, LINE_MAX) };
	strace_stamp(&tell.out, self, clock_monotonic_ns());
	return tell;
}

void strace_signal(struct thread *self, const struct linux_siginfo *info)
{
	char line[LINE_MAX];
	struct tell tell = begin_line(line, self);
	format_append(&tell.out, "--- ");
	tell_signal_name(&tell, info->number);
	format_append(&tell.out, " ");
	tell_siginfo(&tell, info);
	format_append(&tell.out, " ---");
	strace_put(&tell.out);
}

void strace_stopped(struct thread *self, int number)
{
	char line[LINE_MAX];
	struct tell tell = begin_line(line, self);
	format_append(&tell.out, "--- stopped by ");
	tell_signal_name(&tell, number);
	format_append(&tell.out, " ---");
	strace_put(&tell.out);
}

void strace_ended(struct thread *self, uint32_t status)
{
	char line[LINE_MAX];
	struct tell tell = begin_line(line, self);
	if (status & 0x7f) {
		format_append(&tell.out, "+++ killed by ");
		tell_signal_name(&tell, (int32_t)(status & 0x7f));
		format_append(&tell.out, status & LINUX_WAIT_CORE ? " (core dumped) +++" : " +++");
	} else {
		format_append(&tell.out, "+++ exited with %u +++", status >> 8 & 0xff);
	}
	strace_put(&tell.out);
}

int strace_set(int32_t pid, uint32_t flags)
{
	int error = strace_ring_open();
	lock_acquire(&process_tree_lock);
	struct process *process = error ? NULL : process_find(pid);
	if (process) {
		lock_acquire(&process->lock);
		process->strace = flags;
		for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
			signal_update_work(thread);
		lock_release(&process->lock);
	}
	lock_release(&process_tree_lock);
	return error ? error : process ? 0 : -ESRCH;
}
