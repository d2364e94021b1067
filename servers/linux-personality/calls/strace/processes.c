/* SPDX-License-Identifier: MIT */
/*
 * Processes: how they are made and end, their limits and usage, and the options of prctl, arch_prctl and futex.
 */
#include "linux_abi/process.h"
#include "calls/strace/tell.h"
#include "core/guest_memory.h"
#include "linux_abi/memory.h"

#define FUTEX_COMMAND 0x7fu
#define FUTEX_PRIVATE 0x80u
#define FUTEX_REALTIME 0x100u
enum futex_command {
	FUTEX_WAIT = 0,
	FUTEX_WAKE,
	FUTEX_REQUEUE = 3,
	FUTEX_CMP_REQUEUE,
	FUTEX_WAKE_OP,
	FUTEX_LOCK_PI,
	FUTEX_UNLOCK_PI,
	FUTEX_TRYLOCK_PI,
	FUTEX_WAIT_BITSET,
	FUTEX_WAKE_BITSET,
	FUTEX_WAIT_REQUEUE_PI,
	FUTEX_CMP_REQUEUE_PI,
	FUTEX_LOCK_PI2,
};

void tell_wait_status(struct tell *tell, uint32_t status)
{
	uint32_t low = status & 0x7f;
	if (status == 0xffff) {
		format_append(&tell->out, "{WIFCONTINUED(s)}");
	} else if ((status & 0xff) == 0x7f) {
		format_append(&tell->out, "{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		tell_signal_name(tell, (int32_t)(status >> 8 & 0xff));
		format_append(&tell->out, "}");
	} else if (low) {
		format_append(&tell->out, "{WIFSIGNALED(s) && WTERMSIG(s) == ");
		tell_signal_name(tell, (int32_t)low);
		format_append(&tell->out, status & LINUX_WAIT_CORE ? " && WCOREDUMP(s)}" : "}");
	} else {
		format_append(&tell->out, "{WIFEXITED(s) && WEXITSTATUS(s) == %u}", status >> 8 & 0xff);
	}
}

bool decode_wait_status(struct tell *tell, uint64_t value)
{
	uint32_t status;
	if (tell->result <= 0 || !value) {
		tell_pointer(tell, value);
	} else if (tell_fetch(tell, &status, value, sizeof(status))) {
		format_append(&tell->out, "[");
		tell_wait_status(tell, status);
		format_append(&tell->out, "]");
	}
	return true;
}

bool decode_rusage(struct tell *tell, uint64_t value)
{
	struct linux_rusage usage;
	if (!tell_fetch(tell, &usage, value, sizeof(usage)))
		return true;
	format_append(
		&tell->out, "{ru_utime={tv_sec=%ld, tv_usec=%ld}, ru_stime={tv_sec=%ld, tv_usec=%ld}, ...}",
		usage.user.seconds, usage.user.microseconds, usage.system.seconds, usage.system.microseconds);
	return true;
}

static void tell_limit(struct tell *tell, uint64_t limit)
{
	if (limit == LINUX_RLIM_INFINITY)
		format_append(&tell->out, "RLIM64_INFINITY");
	else if (limit > 1024 && limit % 1024 == 0)
		format_append(&tell->out, "%lu*1024", limit / 1024);
	else
		format_append(&tell->out, "%lu", limit);
}

bool decode_rlimit(struct tell *tell, uint64_t value)
{
	uint64_t limits[2];
	if (!tell_fetch(tell, limits, value, sizeof(limits)))
		return true;
	format_append(&tell->out, "{rlim_cur=");
	tell_limit(tell, limits[0]);
	format_append(&tell->out, ", rlim_max=");
	tell_limit(tell, limits[1]);
	format_append(&tell->out, "}");
	return true;
}

static void tell_number_at(struct tell *tell, const char *name, uint64_t address)
{
	uint32_t number;
	format_append(&tell->out, "%s", name);
	if (!tell_failed(tell) && !guest_read(&number, (gaddr_t){ address }, sizeof(number)))
		format_append(&tell->out, "[%u]", number);
	else
		tell_pointer(tell, address);
}

/* The exit signal rides in the lowest byte of clone's flags, not of clone3's. */
static void tell_clone_flags(struct tell *tell, uint64_t flags, uint32_t signal)
{
	bool low = (uint32_t)flags, high = flags & LINUX_CLONE_CLEAR_SIGHAND;
	if (low || (!high && !signal))
		tell_names(tell, NAMES_CLONE3, (uint32_t)flags);
	if (high)
		format_append(&tell->out, low ? "|CLONE_CLEAR_SIGHAND" : "CLONE_CLEAR_SIGHAND");
	if (signal) {
		format_append(&tell->out, low || high ? "|" : "");
		tell_signal_name(tell, (int32_t)signal);
	}
}

static void tell_pointer_named(struct tell *tell, const char *name, uint64_t address)
{
	format_append(&tell->out, "%s", name);
	tell_pointer(tell, address);
}

/* strace tells clone's arguments by name, the stack first; the other arguments are told with the first. */
bool decode_clone(struct tell *tell, uint64_t value)
{
	const uint64_t *arguments = tell->arguments;
	if (!tell->ended && (value & (LINUX_CLONE_PARENT_SETTID | LINUX_CLONE_PIDFD)))
		return false;
	format_append(&tell->out, "child_stack=");
	tell_pointer(tell, arguments[1]);
	format_append(&tell->out, ", flags=");
	tell_clone_flags(tell, value & ~LINUX_CSIGNAL, (uint32_t)(value & LINUX_CSIGNAL));
	if (value & LINUX_CLONE_PARENT_SETTID)
		tell_number_at(tell, ", parent_tid=", arguments[2]);
	if (value & LINUX_CLONE_SETTLS)
		tell_pointer_named(tell, ", tls=", arguments[4]);
	if (value & (LINUX_CLONE_CHILD_SETTID | LINUX_CLONE_CHILD_CLEARTID)) {
		tell_pointer_named(tell, ", child_tidptr=", arguments[3]);
	}
	return true;
}

static void tell_clone3(struct tell *tell, const struct linux_clone_args *arguments)
{
	uint64_t flags = arguments->flags;
	format_append(&tell->out, "{flags=");
	tell_clone_flags(tell, flags, 0);
	if (flags & LINUX_CLONE_PIDFD)
		format_append(&tell->out, ", pidfd=0x%lx", arguments->pidfd);
	if (flags & (LINUX_CLONE_CHILD_SETTID | LINUX_CLONE_CHILD_CLEARTID))
		format_append(&tell->out, ", child_tid=0x%lx", arguments->child_tid);
	if (flags & LINUX_CLONE_PARENT_SETTID)
		format_append(&tell->out, ", parent_tid=0x%lx", arguments->parent_tid);
	format_append(&tell->out, ", exit_signal=");
	tell_signal_name(tell, (int32_t)arguments->exit_signal);
	format_append(&tell->out, ", stack=");
	tell_pointer(tell, arguments->stack);
	format_append(&tell->out, ", stack_size=");
	(void)decode_hex(tell, arguments->stack_size);
	if (flags & LINUX_CLONE_SETTLS)
		format_append(&tell->out, ", tls=0x%lx", arguments->tls);
	format_append(&tell->out, "}");
}

bool decode_clone3(struct tell *tell, uint64_t value)
{
	struct linux_clone_args arguments = { 0 };
	uint64_t bytes = tell_next(tell) < sizeof(arguments) ? tell_next(tell) : sizeof(arguments);
	bool answered;
	if (!tell->ended)
		return false;
	if (!tell_fetch(tell, &arguments, value, bytes))
		return true;
	tell_clone3(tell, &arguments);
	answered = arguments.flags & LINUX_CLONE_PARENT_SETTID;
	if (answered && !tell_failed(tell)) {
		tell_number_at(tell, " => {parent_tid=", arguments.parent_tid);
		format_append(&tell->out, "}");
	}
	return true;
}

bool decode_arch_prctl(struct tell *tell, uint64_t value)
{
	uint32_t option = (uint32_t)tell->arguments[0];
	switch (option) {
	case LINUX_ARCH_GET_FS:
	case LINUX_ARCH_GET_GS:
		return tell->ended && !tell_failed(tell) ? decode_address_out(tell, value)
							 : tell->ended && (tell_pointer(tell, value), true);
	case LINUX_ARCH_GET_CPUID: tell->omitted = true; return true;
	case LINUX_ARCH_SET_FS:
	case LINUX_ARCH_SET_GS: tell_pointer(tell, value); return true;
	default: return decode_hex(tell, value);
	}
}

/* How many of prctl's further arguments an option has; of one that is not here all are told. */
static const struct {
	uint32_t option;
	uint8_t count;
} prctl_arguments[] = {
	{ LINUX_PR_GET_DUMPABLE, 0 },
	{ LINUX_PR_GET_KEEPCAPS, 0 },
	{ LINUX_PR_GET_SECCOMP, 0 },
	{ LINUX_PR_GET_SECUREBITS, 0 },
	{ LINUX_PR_GET_TIMERSLACK, 0 },
	{ LINUX_PR_SET_NAME, 1 },
	{ LINUX_PR_GET_NAME, 1 },
	{ LINUX_PR_SET_PDEATHSIG, 1 },
	{ LINUX_PR_GET_PDEATHSIG, 1 },
	{ LINUX_PR_SET_DUMPABLE, 1 },
	{ LINUX_PR_SET_KEEPCAPS, 1 },
	{ LINUX_PR_CAPBSET_READ, 1 },
	{ LINUX_PR_CAPBSET_DROP, 1 },
	{ LINUX_PR_SET_TIMERSLACK, 1 },
	{ LINUX_PR_SET_SECUREBITS, 1 },
	{ LINUX_PR_GET_TSC, 1 },
	{ LINUX_PR_SET_CHILD_SUBREAPER, 1 },
	{ LINUX_PR_GET_CHILD_SUBREAPER, 1 },
};

static uint32_t prctl_count(uint32_t option)
{
	for (uint32_t i = 0; i < sizeof(prctl_arguments) / sizeof(prctl_arguments[0]); i++)
		if (prctl_arguments[i].option == option)
			return prctl_arguments[i].count;
	return 4;
}

static bool tell_prctl_value(struct tell *tell, uint32_t option, uint64_t value)
{
	switch (option) {
	case LINUX_PR_SET_NAME: {
		char name[16];
		if (tell_fetch(tell, name, value, sizeof(name)))
			tell_quoted(tell, name, __builtin_strnlen(name, sizeof(name) - 1), false);
		return true;
	}
	case LINUX_PR_GET_NAME:
		if (tell->ended)
			tell_string(tell, value);
		return tell->ended;
	case LINUX_PR_SET_KEEPCAPS:
	case LINUX_PR_SET_CHILD_SUBREAPER:
	case LINUX_PR_SET_TIMERSLACK:
	case LINUX_PR_SET_NO_NEW_PRIVS:
		format_append(&tell->out, tell->index > 1 && value ? "0x%lx" : "%lu", value);
		return true;
	case LINUX_PR_CAPBSET_READ:
	case LINUX_PR_CAPBSET_DROP: tell_names(tell, NAMES_CAP, (uint32_t)value); return true;
	case LINUX_PR_CAP_AMBIENT:
		if (tell->index > 2)
			return decode_hex(tell, value);
		tell_names(tell, tell->index == 1 ? NAMES_PR_CAP : NAMES_CAP, (uint32_t)value);
		return true;
	case LINUX_PR_SET_PDEATHSIG: tell_signal_name(tell, (int32_t)value); return true;
	case LINUX_PR_SET_DUMPABLE: tell_names(tell, NAMES_DUMP, (uint32_t)value); return true;
	case LINUX_PR_GET_PDEATHSIG:
	case LINUX_PR_GET_CHILD_SUBREAPER: {
		int32_t number;
		if (!tell->ended)
			return false;
		if (!tell_fetch(tell, &number, value, sizeof(number)))
			return true;
		format_append(&tell->out, "[");
		if (option == LINUX_PR_GET_PDEATHSIG)
			tell_signal_name(tell, number);
		else
			format_append(&tell->out, "%d", number);
		format_append(&tell->out, "]");
		return true;
	}
	default: return decode_hex(tell, value);
	}
}

bool decode_prctl(struct tell *tell, uint64_t value)
{
	uint32_t option = (uint32_t)tell->arguments[0];
	tell->omitted = tell->index > prctl_count(option);
	return tell->omitted || tell_prctl_value(tell, option, value);
}

static uint32_t futex_command(const struct tell *tell)
{
	return (uint32_t)tell->arguments[1] & FUTEX_COMMAND;
}

bool decode_futex_operation(struct tell *tell, uint64_t value)
{
	tell_names(tell, NAMES_FUTEX, (uint32_t)value & FUTEX_COMMAND);
	format_append(&tell->out, value & FUTEX_PRIVATE ? "_PRIVATE" : "");
	format_append(&tell->out, value & FUTEX_REALTIME ? "|FUTEX_CLOCK_REALTIME" : "");
	return true;
}

/* The fourth argument: a time of those that wait, a number of those that move waiters. */
bool decode_futex_timeout(struct tell *tell, uint64_t value)
{
	switch (futex_command(tell)) {
	case FUTEX_WAIT:
	case FUTEX_LOCK_PI:
	case FUTEX_LOCK_PI2:
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAIT_REQUEUE_PI: return decode_timespec(tell, value);
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI:
	case FUTEX_WAKE_OP: format_append(&tell->out, "%u", (uint32_t)value); return true;
	default: tell->omitted = true; return true;
	}
}

bool decode_futex_word(struct tell *tell, uint64_t value)
{
	switch (futex_command(tell)) {
	case FUTEX_REQUEUE:
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI:
	case FUTEX_WAIT_REQUEUE_PI:
	case FUTEX_WAKE_OP: tell_pointer(tell, value); return true;
	default: tell->omitted = true; return true;
	}
}

bool decode_futex_value(struct tell *tell, uint64_t value)
{
	switch (futex_command(tell)) {
	case FUTEX_WAIT_BITSET:
	case FUTEX_WAKE_BITSET:
		format_append(&tell->out, (uint32_t)value == UINT32_MAX ? "FUTEX_BITSET_MATCH_ANY" : "0x%x",
			      (uint32_t)value);
		return true;
	case FUTEX_CMP_REQUEUE:
	case FUTEX_CMP_REQUEUE_PI: format_append(&tell->out, "%u", (uint32_t)value); return true;
	case FUTEX_WAKE_OP: return decode_hex(tell, (uint32_t)value);
	default: tell->omitted = true; return true;
	}
}

bool decode_mremap_address(struct tell *tell, uint64_t value)
{
	enum { MAY_HAVE_ADDRESS = 2 | 4 }; /* MREMAP_FIXED, MREMAP_DONTUNMAP */
	tell->omitted = !(tell->arguments[3] & MAY_HAVE_ADDRESS);
	if (!tell->omitted)
		tell_pointer(tell, value);
	return true;
}
