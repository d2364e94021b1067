/* SPDX-License-Identifier: MIT
 *
 * sigaction(2): the old action is reported exactly, the handler gets number, siginfo and context, its own signal
 * and sa_mask are blocked while it runs (not with SA_NODEFER), SA_RESETHAND resets, SIG_IGN drops the signal.
 */
#include "contract.h"

#include <ucontext.h>

static int runs;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *saved = context;
	runs++;
	say("handler: %s, code %s, own pid %s, own uid %s\n", signal_name(signal_number),
	    info->si_code == SI_USER    ? "SI_USER"
	    : info->si_code == SI_TKILL ? "SI_TKILL"
					: "other",
	    info->si_pid == getpid() ? "yes" : "no", info->si_uid == getuid() ? "yes" : "no");
	say("  blocked: USR1 %d, USR2 %d, HUP %d, TERM %d\n", signal_is_blocked(SIGUSR1),
	    signal_is_blocked(SIGUSR2), signal_is_blocked(SIGHUP), signal_is_blocked(SIGTERM));
	say("  interrupted mask: USR1 %d, TERM %d, flags %lu, link %s\n",
	    sigismember(&saved->uc_sigmask, SIGUSR1), sigismember(&saved->uc_sigmask, SIGTERM),
	    saved->uc_flags & ~7UL, saved->uc_link ? "set" : "none");
}

static void install(int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };
	sigemptyset(&action.sa_mask);
	sigaddset(&action.sa_mask, SIGHUP);
	sigaddset(&action.sa_mask, SIGKILL);
	MUST(sigaction(SIGUSR1, &action, NULL));
}

int main(void)
{
	struct sigaction old;
	MUST(sigaction(SIGUSR1, NULL, &old));
	IS(old.sa_handler == SIG_DFL);
	block_signal(SIGTERM);
	install(0);
	MUST(sigaction(SIGUSR1, NULL, &old));
	IS(old.sa_sigaction == handler);
	HEX(old.sa_flags & ~0x04000000);
	IS(sigismember(&old.sa_mask, SIGHUP) && !sigismember(&old.sa_mask, SIGKILL));
	CALL(raise(SIGUSR1));
	CALL(kill(getpid(), SIGUSR1));
	install(SA_NODEFER);
	CALL(kill(getpid(), SIGUSR1));
	install((int)SA_RESETHAND);
	CALL(kill(getpid(), SIGUSR1));
	MUST(sigaction(SIGUSR1, NULL, &old));
	IS(old.sa_handler == SIG_DFL);
	signal(SIGUSR1, SIG_IGN);
	CALL(kill(getpid(), SIGUSR1));
	SHOW(runs);
	CALL(sigaction(SIGKILL, &old, NULL));
	CALL(sigaction(SIGSTOP, &old, NULL));
	CALL(sigaction(SIGKILL, NULL, &old));
	CALL(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8L));
	CALL(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16L));
	CALL(syscall(SYS_rt_sigaction, SIGUSR1, 8L, NULL, 8L));
	return 0;
}
