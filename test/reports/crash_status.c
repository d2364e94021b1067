/* SPDX-License-Identifier: MIT */
/*
 * Runs crash with the given argument and says what wait4 and waitid say of its end.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	siginfo_t info = { 0 };
	int status;
	pid_t pid = fork();
	if (argc < 2 || pid < 0)
		return 1;
	if (!pid) {
		execl("/bin/crash", "crash", argv[1], NULL);
		_exit(1);
	}
	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) || waitpid(pid, &status, 0) != pid)
		return 1;
	printf("signal %d %s, code %d status %d\n", WTERMSIG(status),
	       WCOREDUMP(status) ? "dumped" : "not dumped", info.si_code, info.si_status);
	return 0;
}
