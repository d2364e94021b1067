/* SPDX-License-Identifier: MIT
 *
 * execve(2): caught signals go back to the default, ignored ones stay ignored, the mask and the pending set are
 * kept, the alternate stack is gone. The program executes itself with an argument.
 */
#include "contract.h"

static void handler(int signal_number)
{
	(void)signal_number;
}

static void show_disposition(int signal_number)
{
	struct sigaction action;
	MUST(sigaction(signal_number, NULL, &action));
	say("%s: %s, flags 0x%x\n", signal_name(signal_number),
	    action.sa_handler == SIG_DFL   ? "default"
	    : action.sa_handler == SIG_IGN ? "ignored"
					   : "caught",
	    (unsigned)action.sa_flags & ~0x04000000U);
}

static void show_all(const char *when)
{
	stack_t stack;
	say("%s\n", when);
	show_disposition(SIGUSR1);
	show_disposition(SIGUSR2);
	show_disposition(SIGCHLD);
	show_disposition(40);
	IS(signal_is_blocked(SIGUSR1));
	IS(signal_is_blocked(SIGUSR2));
	IS(signal_is_pending(SIGUSR1));
	IS(signal_is_pending(40));
	MUST(sigaltstack(NULL, &stack));
	say("alternate stack: flags %d, size %zu\n", stack.ss_flags, stack.ss_size);
}

int main(int argc, char **argv)
{
	static char memory[16384];
	if (argc > 1) {
		show_all("after exec");
		unblock_signal(40);
		return 1;
	}
	catch_signal(SIGUSR1, handler, SA_RESTART | SA_ONSTACK);
	catch_signal(SIGCHLD, handler, 0);
	catch_signal(40, handler, SA_NODEFER);
	signal(SIGUSR2, SIG_IGN);
	block_signal(SIGUSR1);
	block_signal(40);
	MUST(kill(getpid(), SIGUSR1));
	MUST(kill(getpid(), 40));
	MUST(sigaltstack(&(stack_t){ .ss_sp = memory, .ss_size = sizeof(memory) }, NULL));
	show_all("before exec");
	execl("/proc/self/exe", argv[0], "again", (char *)NULL);
	return 2;
}
