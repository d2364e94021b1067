/* SPDX-License-Identifier: MIT
 *
 * getpgrp(2), getpgid(2): a child inherits the group, moves to its own, and a signal to a group reaches exactly
 * its members; wait can select by group.
 */
#include "contract.h"

static int sleeper_in_group(void *group)
{
	MUST(setpgid(0, *(pid_t *)group));
	return sleep_forever(NULL);
}

static void wait_for_group(pid_t child, pid_t group)
{
	while (getpgid(child) != group)
		sleep_ms(1);
}

int main(void)
{
	IS(getpgrp() == getpgid(0));
	IS(getpgid(getpid()) == getpgrp());
	IS(getpgrp() == getpid());
	pid_t own = 0;
	pid_t leader = start(sleeper_in_group, &own);
	wait_for_group(leader, leader);
	pid_t second = start(sleeper_in_group, &leader);
	wait_for_group(second, leader);
	pid_t outside = start(sleep_forever, NULL);
	IS(getpgid(outside) == getpgrp());
	CALL(kill(-leader, SIGTERM));
	siginfo_t info = { 0 };
	MUST(waitid(P_PID, (id_t)second, &info, WEXITED | WNOWAIT));
	SHOW(info.si_status);
	int status;
	pid_t found = waitpid(-leader, &status, 0);
	IS(found == leader || found == second);
	show_status("of the group", status);
	found = waitpid(-leader, &status, 0);
	IS(found == leader || found == second);
	CALL(waitpid(-leader, &status, 0));
	CALL(waitpid(0, &status, WNOHANG));
	CALL(kill(-leader, 0));
	MUST(kill(outside, SIGKILL));
	IS(waitpid(0, &status, 0) == outside);
	CALL(getpgid(4000000));
	CALL(getpgid(-1));
	return 0;
}
