/* SPDX-License-Identifier: MIT
 *
 * clone(2), wait(2): a child with another exit signal, or none, is a "clone" child: only __WCLONE or __WALL wait for
 * it; the signal arrives; CLONE_PARENT makes a sibling; exec turns it into a normal child.
 */
#include "../contract.h"

static volatile sig_atomic_t users, chlds;

static void on_signal(int signal_number)
{
	if (signal_number == SIGUSR1)
		users++;
	else
		chlds++;
}

static pid_t raw_clone(long flags)
{
	pid_t pid = (pid_t)MUST(syscall(SYS_clone, flags, 0L, 0L, 0L, 0L));
	if (pid == 0)
		_exit(9);
	return pid;
}

static int makes_sibling(void *pid_place)
{
	*(volatile pid_t *)pid_place = raw_clone(CLONE_PARENT | SIGCHLD);
	return 4;
}

int main(int argc, char **argv)
{
	int status;
	if (argc > 1)
		return 12;
	catch_signal(SIGUSR1, on_signal, SA_RESTART);
	catch_signal(SIGCHLD, on_signal, SA_RESTART);
	pid_t pid = raw_clone(SIGUSR1);
	while (!users)
		sleep_ms(1);
	say("USR1 %d, CHLD %d\n", users, chlds);
	CALL(waitpid(pid, &status, 0));
	CALL(waitpid(-1, &status, WNOHANG));
	IS(waitpid(pid, &status, __WCLONE) == pid);
	show_status("clone child", status);
	pid = raw_clone(0);
	CALL(waitpid(pid, &status, 0));
	IS(waitpid(pid, &status, __WALL) == pid);
	show_status("silent child", status);
	say("USR1 %d, CHLD %d\n", users, chlds);
	pid = raw_clone(SIGCHLD);
	CALL(waitpid(pid, &status, __WCLONE));
	reap("normal child", pid);
	pid = (pid_t)MUST(syscall(SYS_clone, (long)SIGUSR1, 0L, 0L, 0L, 0L));
	if (pid == 0) {
		execl("/proc/self/exe", argv[0], "again", (char *)NULL);
		_exit(1);
	}
	while (chlds < 2)
		sleep_ms(1);
	reap("executed", pid);
	volatile pid_t *sibling = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	run_child("maker", makes_sibling, (void *)sibling);
	reap("sibling", *sibling);
	SHOW(users);
	return 0;
}
