/* SPDX-License-Identifier: MIT */
/*
 * Signals: sets of them, dispositions, stacks, and what came with one.
 */
#include "calls/strace/tell.h"
#include "linux_abi/signal.h"
#include "report/names.h"
#include "signal/signal.h"

#define SIGNALS 64u
#define SET_MANY 42u /* of so many the others are told: two thirds */
#define PREFIX 3u    /* "SIG" */
#define TICKS_PER_SECOND 100

void tell_signal_set(struct tell *tell, uint64_t set)
{
	const char *between = "";
	if ((uint32_t)__builtin_popcountll(set) >= SET_MANY) {
		set = ~set;
		format_append(&tell->out, "~");
	}
	format_append(&tell->out, "[");
	for (int number = 1; number <= (int)SIGNALS; number++) {
		if (!(set >> (number - 1) & 1))
			continue;
		format_append(&tell->out, "%s", between);
		between = " ";
		if (number > LINUX_SIGRTMIN)
			format_append(&tell->out, "RT_%d", number - LINUX_SIGRTMIN);
		else
			format_append(&tell->out, "%s",
				      number == LINUX_SIGRTMIN ? "RTMIN" : signal_name(number) + PREFIX);
	}
	format_append(&tell->out, "]");
}

bool decode_sigset(struct tell *tell, uint64_t value)
{
	uint64_t set;
	if (tell_fetch(tell, &set, value, sizeof(set)))
		tell_signal_set(tell, set);
	return true;
}

/* pselect6 passes the set's address and its size in a structure. */
bool decode_select_mask(struct tell *tell, uint64_t value)
{
	uint64_t words[2];
	if (!tell_fetch(tell, words, value, sizeof(words)))
		return true;
	format_append(&tell->out, "{sigmask=");
	(void)decode_sigset(tell, words[0]);
	format_append(&tell->out, ", sigsetsize=%lu}", words[1]);
	return true;
}

bool decode_sigaction(struct tell *tell, uint64_t value)
{
	struct linux_sigaction action;
	if (!tell_fetch(tell, &action, value, sizeof(action)))
		return true;
	format_append(&tell->out, "{sa_handler=");
	if (action.handler > LINUX_SIG_IGN)
		tell_pointer(tell, action.handler);
	else
		format_append(&tell->out, action.handler == LINUX_SIG_IGN ? "SIG_IGN" : "SIG_DFL");
	format_append(&tell->out, ", sa_mask=");
	tell_signal_set(tell, action.mask);
	format_append(&tell->out, ", sa_flags=");
	tell_names(tell, NAMES_SA, (uint32_t)action.flags);
	if (action.flags & LINUX_SA_RESTORER)
		format_append(&tell->out, action.restorer ? ", sa_restorer=0x%lx" : ", sa_restorer=NULL",
			      action.restorer);
	format_append(&tell->out, "}");
	return true;
}

bool decode_altstack(struct tell *tell, uint64_t value)
{
	struct linux_stack stack;
	if (!tell_fetch(tell, &stack, value, sizeof(stack)))
		return true;
	format_append(&tell->out, "{ss_sp=");
	tell_pointer(tell, stack.base);
	format_append(&tell->out, ", ss_flags=");
	tell_names(tell, NAMES_SS, stack.flags);
	format_append(&tell->out, ", ss_size=%lu}", stack.size);
	return true;
}

static void tell_child(struct tell *tell, const struct linux_siginfo *info)
{
	format_append(&tell->out, ", si_pid=%d, si_uid=%u, si_status=", info->u.child.pid, info->u.child.uid);
	if (info->code == LINUX_CLD_EXITED)
		format_append(&tell->out, "%d", info->u.child.status);
	else
		tell_signal_name(tell, info->u.child.status);
	format_append(&tell->out, ", si_utime=%ld", info->u.child.user);
	if (info->u.child.user)
		format_append(&tell->out, " /* %ld.%02ld s */", info->u.child.user / TICKS_PER_SECOND,
			      info->u.child.user % TICKS_PER_SECOND);
	format_append(&tell->out, ", si_stime=%ld", info->u.child.system);
	if (info->u.child.system)
		format_append(&tell->out, " /* %ld.%02ld s */", info->u.child.system / TICKS_PER_SECOND,
			      info->u.child.system % TICKS_PER_SECOND);
}

static void tell_sent(struct tell *tell, const struct linux_siginfo *info)
{
	if (info->code == LINUX_SI_TIMER)
		format_append(&tell->out,
			      info->u.timer.timer_id ? ", si_timerid=0x%x, si_overrun=%d"
						     : ", si_timerid=%x, si_overrun=%d",
			      (uint32_t)info->u.timer.timer_id, info->u.timer.overrun);
	else
		format_append(&tell->out, ", si_pid=%d, si_uid=%u", info->u.sender.pid, info->u.sender.uid);
	if (info->code != LINUX_SI_USER && info->code != LINUX_SI_TKILL)
		format_append(&tell->out, ", si_int=%d, si_ptr=0x%lx", (int32_t)info->u.sender.value,
			      info->u.sender.value);
}

void tell_siginfo(struct tell *tell, const struct linux_siginfo *info)
{
	if (!info->number) {
		format_append(&tell->out, "{}");
		return;
	}
	format_append(&tell->out, "{si_signo=");
	tell_signal_name(tell, info->number);
	format_append(&tell->out, ", si_code=%s", signal_code_name(info->number, info->code));
	if (info->code <= 0)
		tell_sent(tell, info);
	else if (info->number == LINUX_SIGCHLD)
		tell_child(tell, info);
	else if (info->code != LINUX_SI_KERNEL || info->number == LINUX_SIGSEGV) {
		format_append(&tell->out, ", si_addr=");
		tell_pointer(tell, info->u.fault.address);
	}
	format_append(&tell->out, "}");
}

bool decode_siginfo(struct tell *tell, uint64_t value)
{
	struct linux_siginfo info;
	if (tell_fetch(tell, &info, value, sizeof(info)))
		tell_siginfo(tell, &info);
	return true;
}
