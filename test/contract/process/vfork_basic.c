/* SPDX-License-Identifier: MIT
 *
 * vfork(2): the child runs first and shares memory; the parent goes on at its exit or exec, not earlier, and a
 * signal to the parent meanwhile waits; descriptors, cwd, umask and dispositions are the child's own copies.
 */
#include "contract.h"

static volatile int shared, runs;

static void handler(int signal_number)
{
	(void)signal_number;
	runs++;
}

static int raw_sleep(void)
{
	struct timespec time = { 0, 100000000 };
	return (int)syscall(SYS_nanosleep, &time, NULL);
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1) {
		while (access("go", F_OK) == -1)
			sleep_ms(2);
		say("executed\n");
		return 8;
	}
	catch_signal(SIGUSR1, handler, 0);
	umask(022);
	pid_t child = vfork();
	if (child == 0) {
		shared = 1;
		kill(getppid(), SIGUSR1);
		raw_sleep();
		close(0);
		umask(077);
		syscall(SYS_rt_sigaction, SIGUSR1, (long[4]){ 0 }, NULL, 8L);
		shared += runs == 0 ? 10 : 20;
		_exit(7);
	}
	SHOW(shared);
	SHOW(runs);
	reap("exits", child);
	CALL(fcntl(0, F_GETFD));
	say("umask 0%o\n", (unsigned)umask(022));
	MUST(kill(getpid(), SIGUSR1));
	SHOW(runs);
	child = vfork();
	if (child == 0) {
		shared = 2;
		execl("/proc/self/exe", "self", "again", (char *)NULL);
		_exit(1);
	}
	SHOW(shared);
	int status;
	CALL(waitpid(child, &status, WNOHANG));
	write_file("go", "");
	reap("executes", child);
	child = vfork();
	if (child == 0) {
		kill((pid_t)syscall(SYS_getpid), SIGKILL);
		_exit(1);
	}
	reap("killed", child);
	return 0;
}
