/* SPDX-License-Identifier: MIT
 *
 * waitid(2): what siginfo says of an exit and of a kill, WNOWAIT, and no child at all.
 */
#include "contract.h"

static int leave(void *argument)
{
	(void)argument;
	return 42;
}

static void show_info(const siginfo_t *info, pid_t child)
{
	say("signal %s, code %d, status %d, pid %s\n", signal_name(info->si_signo), info->si_code,
	    info->si_status, info->si_pid == child ? "right" : "wrong");
}

int main(void)
{
	siginfo_t info;
	pid_t child = start(leave, NULL);
	MUST(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT));
	show_info(&info, child);
	MUST(waitid(P_ALL, 0, &info, WEXITED));
	show_info(&info, child);
	CALL(waitid(P_ALL, 0, &info, WEXITED | WNOHANG));
	child = start(sleep_forever, NULL);
	memset(&info, 1, sizeof(info));
	CALL(waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG));
	SHOW(info.si_pid);
	MUST(kill(child, SIGTERM));
	MUST(waitid(P_PID, (id_t)child, &info, WEXITED));
	show_info(&info, child);
	CALL(waitid(P_PID, (id_t)child, &info, WEXITED));
	CALL(waitid(P_ALL, 0, &info, 0));
	return 0;
}
