/* SPDX-License-Identifier: MIT
 *
 * getpriority(2), setpriority(2): nice values of processes, groups and users; clamping; a normal user may raise
 * but not lower (EACCES), and not touch other users' processes (EPERM).
 */
#include "contract.h"

#include <sys/resource.h>

static int normal_user(void *unused)
{
	(void)unused;
	MUST(setuid(1000));
	CALL(setpriority(PRIO_PROCESS, 0, 12));
	CALL(setpriority(PRIO_PROCESS, 0, 3));
	CALL(setpriority(PRIO_PROCESS, getppid(), 15));
	SHOW(getpriority(PRIO_PROCESS, getppid()));
	CALL(nice(-1));
	SHOW(getpriority(PRIO_USER, 1000));
	return 0;
}

int main(void)
{
	SHOW(getpriority(PRIO_PROCESS, 0));
	CALL(setpriority(PRIO_PROCESS, 0, 5));
	SHOW(getpriority(PRIO_PROCESS, 0));
	SHOW(getpriority(PRIO_PROCESS, getpid()));
	SHOW(syscall(SYS_getpriority, PRIO_PROCESS, 0));
	pid_t child = start(sleep_forever, NULL);
	SHOW(getpriority(PRIO_PROCESS, (id_t)child));
	CALL(setpriority(PRIO_PROCESS, (id_t)child, -30));
	SHOW(getpriority(PRIO_PROCESS, (id_t)child));
	SHOW(getpriority(PRIO_PGRP, 0));
	CALL(setpriority(PRIO_PGRP, 0, 7));
	SHOW(getpriority(PRIO_PROCESS, (id_t)child) * 100 + getpriority(PRIO_PROCESS, 0));
	CALL(setpriority(PRIO_PROCESS, 0, 99));
	SHOW(getpriority(PRIO_PROCESS, 0));
	CALL(setpriority(PRIO_PROCESS, 0, 0));
	MUST(kill(child, SIGKILL));
	reap("child", child);
	run_child("normal user", normal_user, NULL);
	CALL(getpriority(99, 0));
	CALL(setpriority(PRIO_PROCESS, 4000000, 1));
	CALL(getpriority(PRIO_PROCESS, 4000000));
	CALL(setpriority(PRIO_PGRP, 4000000, 1));
	SHOW(getpriority(PRIO_PROCESS, 0));
	return 0;
}
