/* SPDX-License-Identifier: MIT
 *
 * execve(2): what survives: ids, group and session, directory, umask, limits, nice value, alarm and interval timer,
 * mask, parent; what does not: mappings, POSIX timers, shared memory attachments, the name, the dumpable setting.
 */
#include "../contract.h"

#include <sys/prctl.h>
#include <sys/resource.h>

static int new_program(char **argv)
{
	struct rlimit limit;
	char cwd[256], name[17] = { 0 };
	IS(getpid() == atoi(argv[1]) && getppid() == atoi(argv[2]));
	IS(getpgrp() == atoi(argv[1]));
	MUST(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	TEXT(strrchr(cwd, '/'));
	say("umask 0%o\n", (unsigned)umask(0));
	MUST(getrlimit(RLIMIT_NOFILE, &limit));
	say("limit %ld %ld\n", (long)limit.rlim_cur, (long)limit.rlim_max);
	SHOW(getpriority(PRIO_PROCESS, 0));
	long left = alarm(0);
	IS(left > 90 && left <= 100);
	IS(signal_is_blocked(SIGUSR2));
	MUST(prctl(PR_GET_NAME, name, 0, 0, 0));
	IS(strcmp(name, "before") != 0);
	CALL(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
	CALL(prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0));
	CALL(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	unsigned long address = strtoul(argv[3], NULL, 16);
	CALL(msync((void *)address, 4096, MS_ASYNC));
	CALL(timer_delete((timer_t)0));
	SHOW(syscall(SYS_timer_gettime, 0, &(struct itimerspec){ 0 }) == -1 ? errno == EINVAL : 0);
	return 6;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return new_program(argv);
	pid_t child = fork();
	if (child == 0) {
		char pid[16], parent[16], address[32];
		timer_t timer;
		MUST(setpgid(0, 0));
		MUST(mkdir("elsewhere", 0755) | chdir("elsewhere"));
		umask(027);
		MUST(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 33, 44 }));
		MUST(setpriority(PRIO_PROCESS, 0, 4));
		alarm(100);
		block_signal(SIGUSR2);
		MUST(prctl(PR_SET_NAME, "before", 0, 0, 0));
		MUST(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
		MUST(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
		MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		MUST(timer_create(CLOCK_MONOTONIC, NULL, &timer));
		void *map = mmap((void *)0x123450000000, 4096, PROT_READ,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		snprintf(pid, sizeof(pid), "%d", (int)getpid());
		snprintf(parent, sizeof(parent), "%d", (int)getppid());
		snprintf(address, sizeof(address), "%lx", (unsigned long)map);
		execl("/proc/self/exe", "after", pid, parent, address, (char *)NULL);
		_exit(1);
	}
	reap("child", child);
	return 0;
}
