/* SPDX-License-Identifier: MIT
 *
 * setsid(2): a new session has the caller's number, no controlling terminal, survives the old leader's death, and
 * cannot be made by a group leader; the old group does not reach it any more.
 */
#include "contract.h"

static int session(void *unused)
{
	(void)unused;
	pid_t old_group = getpgrp();
	IS(setsid() == getpid());
	IS(getsid(0) == getpid());
	CALL(setsid());
	CALL(open("/dev/tty", O_RDWR));
	CALL(kill(-old_group, 0));
	IS(getpgid(getppid()) == old_group);
	pid_t child = start(sleep_forever, NULL);
	IS(getsid(child) == getpid());
	CALL(kill(0, 0));
	MUST(kill(child, SIGKILL));
	reap("child", child);
	return 12;
}

static int survives(void *unused)
{
	(void)unused;
	MUST(setsid());
	return sleep_forever(NULL);
}

int main(void)
{
	CALL(setsid());
	run_child("session", session, NULL);
	pid_t child = start(survives, NULL);
	while (getsid(child) != child)
		sleep_ms(1);
	signal(SIGTERM, SIG_IGN);
	CALL(kill(0, SIGTERM));
	int status;
	sleep_ms(30);
	CALL(waitpid(child, &status, WNOHANG));
	CALL(kill(-child, SIGTERM));
	reap("other session", child);
	return 0;
}
