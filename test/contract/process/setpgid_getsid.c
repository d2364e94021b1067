/* SPDX-License-Identifier: MIT
 *
 * setpgid(2), getsid(2), setsid(2): who may be moved where: not session leaders, not into groups of other
 * sessions, not children after exec.
 */
#include "contract.h"

static int new_session(void *unused)
{
	(void)unused;
	IS(getsid(0) == getppid());
	IS(setsid() == getpid());
	IS(getsid(0) == getpid() && getpgrp() == getpid());
	CALL(setpgid(0, 0));
	CALL(setsid());
	return 0;
}

static int executes(void *unused)
{
	(void)unused;
	execl("/proc/self/exe", "self", "sleep", (char *)NULL);
	return 1;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		write_file("executed", "");
		return sleep_forever(NULL);
	}
	IS(getsid(0) == getpid());
	IS(getsid(getppid()) != getsid(0));
	CALL(setpgid(0, 0));
	run_child("new session", new_session, NULL);
	pid_t child = start(sleep_forever, NULL);
	CALL(setpgid(child, child));
	IS(getpgid(child) == child && getsid(child) == getsid(0));
	CALL(setpgid(child, getpgrp()));
	CALL(setpgid(child, 0));
	CALL(setpgid(child, getppid()));
	CALL(setpgid(child, 4000000));
	CALL(setpgid(child, -1));
	CALL(setpgid(getppid(), 0));
	CALL(setpgid(4000000, 0));
	MUST(kill(child, SIGKILL));
	reap("child", child);
	child = start(executes, NULL);
	while (access("executed", F_OK) == -1)
		sleep_ms(2);
	CALL(setpgid(child, child));
	MUST(kill(child, SIGKILL));
	reap("executed", child);
	CALL(getsid(4000000));
	CALL(getsid(-1));
	return 0;
}
