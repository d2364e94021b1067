/* SPDX-License-Identifier: MIT */
/*
 * Results that are no plain numbers, and errors with their texts.
 */
#include "calls/strace/call.h"
#include "calls/strace/tell.h"
#include "core/errno.h"
#include "linux_abi/files.h"
#include "linux_abi/process.h"

void tell_address(struct tell *tell)
{
	format_append(&tell->out, tell->result ? "0x%lx" : "0", (uint64_t)tell->result);
}

void tell_octal(struct tell *tell)
{
	tell_mode(tell, (uint32_t)tell->result);
}

void tell_signal(struct tell *tell)
{
	format_append(&tell->out, "%ld (", tell->result);
	tell_signal_name(tell, (int32_t)tell->result);
	format_append(&tell->out, ")");
}

void tell_prctl(struct tell *tell)
{
	format_append(&tell->out, "%ld", tell->result);
	if (tell->arguments[0] != LINUX_PR_GET_DUMPABLE)
		return;
	format_append(&tell->out, " (");
	tell_names(tell, NAMES_DUMP, (uint32_t)tell->result);
	format_append(&tell->out, ")");
}

static void tell_flags(struct tell *tell, enum name_set_number set)
{
	format_append(&tell->out, tell->result ? "0x%lx (flags " : "0 (flags ", (uint64_t)tell->result);
	tell_names(tell, set, (uint32_t)tell->result);
	format_append(&tell->out, ")");
}

void tell_membarrier(struct tell *tell)
{
	if (tell->arguments[0] || !tell->result) {
		format_append(&tell->out, "%ld", tell->result);
		return;
	}
	format_append(&tell->out, "0x%lx (", (uint64_t)tell->result);
	tell_names(tell, NAMES_MEMBARRIER_CMD, (uint32_t)tell->result);
	format_append(&tell->out, ")");
}

void tell_fcntl(struct tell *tell)
{
	uint32_t command = (uint32_t)tell->arguments[1];
	if (command == LINUX_F_GETFL)
		tell_flags(tell, NAMES_O);
	else if (command == LINUX_F_GETFD && tell->result)
		tell_flags(tell, NAMES_FD_FLAGS);
	else if (command == LINUX_F_GET_SEALS && tell->result)
		tell_flags(tell, NAMES_SEAL);
	else
		format_append(&tell->out, "%ld", tell->result);
}

static bool tell_restart(struct tell *tell)
{
	switch (tell->result) {
	case -ERESTARTSYS:
		format_append(&tell->out, "? ERESTARTSYS (To be restarted if SA_RESTART is set)");
		return true;
	case -ERESTARTNOINTR: format_append(&tell->out, "? ERESTARTNOINTR (To be restarted)"); return true;
	case -ERESTARTNOHAND:
		format_append(&tell->out, "? ERESTARTNOHAND (To be restarted if no handler)");
		return true;
	case -ERESTART_RESTARTBLOCK:
		format_append(&tell->out, "? ERESTART_RESTARTBLOCK (Interrupted by signal)");
		return true;
	default: return false;
	}
}

void strace_result(struct tell *tell)
{
	int64_t result = tell->result;
	if (result == INT64_MIN) {
		format_append(&tell->out, "?");
	} else if (tell_failed(tell)) {
		if (tell_restart(tell))
			return;
		if (-result < ERROR_NAME_COUNT && error_names[-result])
			format_append(&tell->out, "-1 %s (%s)", error_names[-result], error_texts[-result]);
		else
			format_append(&tell->out, "-1 (errno %ld)", -result);
	} else if (tell->row->teller) {
		call_tellers[tell->row->teller](tell);
	} else {
		format_append(&tell->out, "%ld", result);
		if (!tell->row->result_set)
			return;
		format_append(&tell->out, " (");
		tell_names(tell, tell->row->result_set, (uint32_t)result);
		format_append(&tell->out, ")");
	}
}
