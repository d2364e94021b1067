/* SPDX-License-Identifier: MIT
 *
 * clone(2): CLONE_VM|CLONE_VFORK shares memory and nothing else: descriptors, working directory, umask, dispositions
 * and mask are copies, the thread group is the child's own, and its exit_group leaves the parent alone.
 */
#include "../contract.h"

static char stack[65536] __attribute__((aligned(16)));
static volatile int shared, runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int child(void *unused)
{
	(void)unused;
	shared = (int)syscall(SYS_getpid);
	syscall(SYS_close, 3);
	syscall(SYS_chdir, "/");
	syscall(SYS_umask, 077);
	syscall(SYS_rt_sigaction, SIGUSR1, (long[4]){ 0 }, NULL, 8L);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, (long[1]){ 1L << (SIGUSR2 - 1) }, NULL, 8L);
	syscall(SYS_setpgid, 0, 0);
	syscall(SYS_exit_group, syscall(SYS_gettid) == shared ? 5 : 6);
	return 0;
}

int main(void)
{
	char cwd[256], again[256];
	MUST(open("/dev/null", O_RDONLY));
	MUST(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	umask(022);
	catch_signal(SIGUSR1, handler, 0);
	for (int i = 0; i < 3; i++) {
		pid_t pid = (pid_t)MUST(
			clone(child, stack + sizeof(stack), CLONE_VM | CLONE_VFORK | SIGCHLD, NULL));
		IS(shared == pid);
		reap("child", pid);
	}
	CALL(fcntl(3, F_GETFD));
	IS(getcwd(again, sizeof(again)) && strcmp(cwd, again) == 0);
	say("umask 0%o\n", (unsigned)umask(022));
	MUST(kill(getpid(), SIGUSR1));
	SHOW(runs);
	IS(signal_is_blocked(SIGUSR2));
	IS(getpgrp() == getpid());
	return 0;
}
