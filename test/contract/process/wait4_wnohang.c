/* SPDX-License-Identifier: MIT
 *
 * wait4(2), waitid(2): WNOHANG with a running child is 0 and leaves status alone; selection by pid, group and any;
 * WNOWAIT leaves the zombie; resource usage of the dead; WUNTRACED and WCONTINUED report once.
 */
#include "contract.h"

#include <sys/resource.h>

static int waits(void *gate)
{
	char byte;
	MUST(read(*(int *)gate, &byte, 1));
	return 7;
}

static void job(void)
{
	int status;
	pid_t child = start(sleep_forever, NULL);
	MUST(kill(child, SIGSTOP));
	MUST(waitpid(child, &status, WUNTRACED));
	show_status("WUNTRACED", status);
	CALL(waitpid(child, &status, WUNTRACED | WNOHANG));
	MUST(kill(child, SIGCONT));
	MUST(waitpid(child, &status, WCONTINUED));
	show_status("WCONTINUED", status);
	CALL(waitpid(child, &status, WCONTINUED | WUNTRACED | WNOHANG));
	MUST(kill(child, SIGTERM));
	reap("terminated", child);
}

int main(void)
{
	int gate[2], status = 0x1234;
	struct rusage usage;
	memset(&usage, 0xff, sizeof(usage));
	MUST(pipe(gate));
	pid_t child = start(waits, &gate[0]);
	CALL(wait4(child, &status, WNOHANG, &usage));
	HEX(status);
	CALL(wait4(-1, &status, WNOHANG, NULL));
	MUST(write(gate[1], "x", 1));
	siginfo_t info = { 0 };
	CALL(waitid(P_ALL, 0, &info, WEXITED | WNOWAIT));
	say("code %d status %d signo %d\n", info.si_code, info.si_status, info.si_signo);
	IS(info.si_pid == child && info.si_uid == getuid());
	IS(wait4(child, &status, 0, &usage) == child);
	show_status("again", status);
	IS(usage.ru_utime.tv_sec >= 0 && usage.ru_utime.tv_sec < 5);
	CALL(waitid(P_PID, (id_t)child, &info, WEXITED));
	job();
	child = start(waits, &gate[0]);
	MUST(write(gate[1], "x", 1));
	CALL(wait4(child, (int *)8, 0, NULL));
	CALL(wait4(child, &status, 0, NULL));
	CALL(waitid(P_ALL, 0, &info, 0));
	CALL(waitid((idtype_t)9, 0, &info, WEXITED));
	CALL(waitid(P_PID, 0, &info, WEXITED));
	CALL(wait4((pid_t)0x80000000, &status, 0, NULL));
	return 0;
}
