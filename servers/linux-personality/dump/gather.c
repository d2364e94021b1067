/* SPDX-License-Identifier: MIT */
/*
 * Making the other threads of a process stand still for its core file.
 *
 * The process is ending from here on, so every other thread comes to thread_exit_call; there it waits, with its registers in its
 * record and its memory untouched, until the dumper is done. The dumper itself does not count as ending meanwhile.
 */
#include "dump/core.h"

#include "linux_abi/process.h"
#include "signal/state.h"

bool dump_begin(struct thread *self, uint32_t status)
{
	struct process *process = self->process;
	struct wait_node node = { 0 };
	bool waiting = false;
	lock_acquire(&process->lock);
	bool begun = !process->group_exiting && !process->execing;
	if (begun) {
		process->dumper = self;
		process->dump_abandoned = false;
		signal_begin_group_exit(process, status);
	}
	lock_release(&process->lock);
	if (!begun)
		return false;
	wait_prepare(self, &node, &process->dump_queue);
	do {
		waiting = false;
		lock_acquire(&process->lock);
		for (struct thread *other = process->threads; other; other = other->next_in_process)
			waiting |= other != self && !other->exiting && !other->parked_for_dump;
		lock_release(&process->lock);
		if (waiting)
			(void)wait_sleep(self, DEADLINE_NEVER, WAIT_ALWAYS);
	} while (waiting && !dump_abandoned(process));
	wait_finish(self, &node);
	return true;
}

void dump_end(struct thread *self, bool dumped)
{
	struct process *process = self->process;
	lock_acquire(&process->lock);
	if (dumped && !process->dump_abandoned)
		process->group_exit_status |= LINUX_WAIT_CORE;
	__atomic_store_n(&process->dumper, NULL, __ATOMIC_RELEASE);
	signal_update_work(self);
	lock_release(&process->lock);
	wait_wake_all(&process->dump_queue, 0);
}

void dump_park(struct thread *self)
{
	struct process *process = self->process;
	struct wait_node node = { 0 };
	wait_prepare(self, &node, &process->dump_queue);
	lock_acquire(&process->lock);
	bool park = process->dumper && process->dumper != self;
	if (park) {
		self->parked_for_dump = true;
		wait_wake_thread(process->dumper);
	}
	lock_release(&process->lock);
	while (park && __atomic_load_n(&process->dumper, __ATOMIC_ACQUIRE))
		(void)wait_sleep(self, DEADLINE_NEVER, WAIT_ALWAYS);
	wait_finish(self, &node);
	self->parked_for_dump = false;
}

bool dump_abandoned(const struct process *process)
{
	return __atomic_load_n(&process->dump_abandoned, __ATOMIC_ACQUIRE);
}
