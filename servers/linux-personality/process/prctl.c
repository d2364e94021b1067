/* SPDX-License-Identifier: MIT */
/*
 * prctl(2): attributes of the calling thread and process. An option that is not here is EINVAL, as Linux says of unknown ones.
 */
#include <string.h>
#include "calls/calls.h"
#include "calls/gaps.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/capability.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "signal/state.h"
#include "system/events.h"

#define TIMING_STATISTICAL 0

static int64_t set_name(struct thread *self, uint64_t address)
{
	char name[sizeof(self->name)] = { 0 };
	int64_t length = guest_read_string(name, (gaddr_t){ address }, sizeof(name));
	if (length == -EFAULT)
		return -EFAULT;
	if (length == -ENAMETOOLONG && guest_read(name, (gaddr_t){ address }, sizeof(name) - 1))
		return -EFAULT;
	lock_acquire(&self->process->lock);
	memset(self->name, 0, sizeof(self->name));
	memcpy(self->name, name, strnlen(name, sizeof(name) - 1));
	lock_release(&self->process->lock);
	event_note_task(self);
	return 0;
}

static int64_t write_word(uint64_t address, int32_t value)
{
	return guest_write((gaddr_t){ address }, &value, sizeof(value));
}

static int64_t set_death_signal(struct thread *self, uint64_t number)
{
	if (number > SIGNAL_COUNT)
		return -EINVAL;
	self->parent_death_signal = (int32_t)number;
	return 0;
}

static int64_t set_dumpable(struct thread *self, uint64_t value)
{
	if (value > 1)
		return -EINVAL;
	self->mm->dumpable = value;
	return 0;
}

static int64_t set_subreaper(struct thread *self, uint64_t value)
{
	lock_acquire(&process_tree_lock);
	self->process->child_subreaper = value;
	lock_release(&process_tree_lock);
	return 0;
}

static int64_t set_no_new_privileges(struct thread *self, const uint64_t arguments[4])
{
	if (arguments[0] != 1 || arguments[1] || arguments[2] || arguments[3])
		return -EINVAL;
	self->no_new_privileges = true;
	return 0;
}

static int64_t set_timer_slack(struct thread *self, uint64_t slack)
{
	self->timer_slack_ns = (int64_t)slack <= 0 ? self->default_timer_slack_ns : slack;
	return 0;
}

static int64_t ambient(struct thread *self, const uint64_t arguments[4])
{
	if (arguments[2] || arguments[3])
		return -EINVAL;
	return capability_ambient(self, arguments[0], arguments[1]);
}

static int64_t tid_address(struct thread *self, uint64_t where)
{
	return guest_write((gaddr_t){ where }, &self->clear_child_tid.value, sizeof(uint64_t));
}

static bool all_zero(const uint64_t *arguments, uint32_t from)
{
	while (from < 4)
		if (arguments[from++])
			return false;
	return true;
}

/* An option that is not here: a gap when Linux has it (by its number), Linux's own answer otherwise. */
static int64_t refuse(struct thread *self, int32_t option)
{
	static const int32_t lacking[] = {
		LINUX_PR_SET_SECCOMP,
		LINUX_PR_SET_TSC,
		LINUX_PR_PERF_DISABLE,
		LINUX_PR_PERF_ENABLE,
		LINUX_PR_MCE_KILL,
		LINUX_PR_MCE_KILL_GET,
		LINUX_PR_SET_MM,
		LINUX_PR_SET_THP_DISABLE,
		LINUX_PR_GET_SPECULATION,
		LINUX_PR_SET_SPECULATION,
		LINUX_PR_SET_IO_FLUSHER,
		LINUX_PR_GET_IO_FLUSHER,
		LINUX_PR_SET_CALL_DISPATCH,
		LINUX_PR_SCHED_CORE,
		LINUX_PR_SET_VMA,
	};
	for (uint32_t i = 0; i < sizeof(lacking) / sizeof(lacking[0]); i++)
		if (lacking[i] == option)
			gap_note(self, "option", (uint32_t)option, -EINVAL);
	return -EINVAL;
}

static int64_t prctl_get(struct thread *self, int32_t option, const uint64_t arguments[4])
{
	uint64_t first = arguments[0];
	switch (option) {
	case LINUX_PR_GET_PDEATHSIG: return write_word(first, self->parent_death_signal);
	case LINUX_PR_GET_DUMPABLE: return self->mm->dumpable;
	case LINUX_PR_GET_KEEPCAPS: return !!(self->credentials->securebits & LINUX_SECBIT_KEEP_CAPS);
	case LINUX_PR_GET_TIMING: return TIMING_STATISTICAL;
	case LINUX_PR_GET_NAME: return guest_write((gaddr_t){ first }, self->name, sizeof(self->name));
	case LINUX_PR_GET_SECCOMP: return 0;
	case LINUX_PR_CAPBSET_READ: return capability_bounding_read(self, first);
	case LINUX_PR_GET_TSC: return write_word(first, 1);
	case LINUX_PR_GET_SECUREBITS: return self->credentials->securebits;
	case LINUX_PR_GET_TIMERSLACK: return (int64_t)self->timer_slack_ns;
	case LINUX_PR_GET_CHILD_SUBREAPER: return write_word(first, self->process->child_subreaper);
	case LINUX_PR_GET_NO_NEW_PRIVS: return all_zero(arguments, 0) ? self->no_new_privileges : -EINVAL;
	case LINUX_PR_GET_TID_ADDRESS: return tid_address(self, first);
	case LINUX_PR_GET_THP_DISABLE: return all_zero(arguments, 0) ? 0 : -EINVAL;
	default: return refuse(self, option);
	}
}

int64_t sys_prctl(struct thread *self, int32_t option, uint64_t two, uint64_t three, uint64_t four,
		  uint64_t five)
{
	const uint64_t arguments[4] = { two, three, four, five };
	switch (option) {
	case LINUX_PR_SET_PDEATHSIG: return set_death_signal(self, two);
	case LINUX_PR_SET_DUMPABLE: return set_dumpable(self, two);
	case LINUX_PR_SET_KEEPCAPS: return capability_set_keep(self, two);
	case LINUX_PR_SET_TIMING: return two == TIMING_STATISTICAL ? 0 : -EINVAL;
	case LINUX_PR_SET_NAME: return set_name(self, two);
	case LINUX_PR_CAPBSET_DROP: return capability_bounding_drop(self, two);
	case LINUX_PR_SET_SECUREBITS: return capability_set_securebits(self, two);
	case LINUX_PR_SET_TIMERSLACK: return set_timer_slack(self, two);
	case LINUX_PR_SET_CHILD_SUBREAPER: return set_subreaper(self, two);
	case LINUX_PR_SET_NO_NEW_PRIVS: return set_no_new_privileges(self, arguments);
	case LINUX_PR_CAP_AMBIENT: return ambient(self, arguments);
	default: return prctl_get(self, option, arguments);
	}
}
