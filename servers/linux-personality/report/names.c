/* SPDX-License-Identifier: MIT */
/*
 * Names of signals and of siginfo codes (sigaction(2)).
 */
#include "report/names.h"

#include <stddef.h>
#include "linux_abi/signal.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const signal_names[] = {
	NULL,        "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",   "SIGTRAP", "SIGABRT", "SIGBUS",
	"SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV", "SIGUSR2",  "SIGPIPE", "SIGALRM", "SIGTERM",
	"SIGSTKFLT", "SIGCHLD", "SIGCONT",   "SIGSTOP", "SIGTSTP",  "SIGTTIN", "SIGTTOU", "SIGURG",
	"SIGXCPU",   "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO",   "SIGPWR",  "SIGSYS",
};

const char *signal_name(int number)
{
	if (number > 0 && (size_t)number < COUNT(signal_names))
		return signal_names[number];
	return number >= LINUX_SIGRTMIN && number <= LINUX_SIGRTMAX ? "SIGRT" : "?";
}

/* Codes that any signal may have. */
static const char *general_name(int code)
{
	switch (code) {
	case LINUX_SI_USER: return "SI_USER";
	case LINUX_SI_KERNEL: return "SI_KERNEL";
	case LINUX_SI_QUEUE: return "SI_QUEUE";
	case LINUX_SI_TIMER: return "SI_TIMER";
	case LINUX_SI_MESGQ: return "SI_MESGQ";
	case LINUX_SI_ASYNCIO: return "SI_ASYNCIO";
	case LINUX_SI_SIGIO: return "SI_SIGIO";
	case LINUX_SI_TKILL: return "SI_TKILL";
	default: return "?";
	}
}

#define CODES_MAX 9
static const struct {
	int number;
	const char *names[CODES_MAX];
} code_names[] = {
	{ LINUX_SIGILL,
	  { NULL, "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG",
	    "ILL_COPROC", "ILL_BADSTK" } },
	{ LINUX_SIGFPE,
	  { NULL, "FPE_INTDIV", "FPE_INTOVF", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES",
	    "FPE_FLTINV", "FPE_FLTSUB" } },
	{ LINUX_SIGSEGV, { NULL, "SEGV_MAPERR", "SEGV_ACCERR", "SEGV_BNDERR", "SEGV_PKUERR" } },
	{ LINUX_SIGBUS, { NULL, "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR" } },
	{ LINUX_SIGTRAP, { NULL, "TRAP_BRKPT", "TRAP_TRACE", "TRAP_BRANCH", "TRAP_HWBKPT" } },
	{ LINUX_SIGCHLD,
	  { NULL, "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED" } },
	{ LINUX_SIGSYS, { NULL, "SYS_SECCOMP" } },
};

const char *signal_code_name(int number, int code)
{
	for (size_t i = 0; i < COUNT(code_names); i++)
		if (code_names[i].number == number && code > 0 && code < CODES_MAX &&
		    code_names[i].names[code])
			return code_names[i].names[code];
	return general_name(code);
}
