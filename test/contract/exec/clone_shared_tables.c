/* SPDX-License-Identifier: MIT
 *
 * clone(2): CLONE_FILES, CLONE_FS and CLONE_SIGHAND each share exactly their table, both ways, until the child
 * executes or unshares.
 */
#include "../contract.h"

static char stack[65536] __attribute__((aligned(16)));
static volatile int step;

static void handler(int signal_number)
{
	(void)signal_number;
}

static int child(void *unused)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	(void)unused;
	MUST(dup2(0, 9));
	MUST(chdir("sub"));
	umask(011);
	MUST(sigaction(SIGUSR1, &action, NULL));
	step = 1;
	while (step != 2)
		sleep_ms(1);
	int sees = fcntl(10, F_GETFD) == 0;
	sees |= (umask(011) == 033) << 1;
	MUST(sigaction(SIGUSR2, NULL, &action));
	sees |= (action.sa_handler == handler) << 2;
	_exit(sees);
}

static void try_flags(const char *name, int flags)
{
	struct sigaction action;
	char cwd[256];
	umask(022);
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
	step = 0;
	pid_t pid = (pid_t)MUST(clone(child, stack + sizeof(stack), flags | CLONE_VM | SIGCHLD, NULL));
	while (step != 1)
		sleep_ms(1);
	MUST(sigaction(SIGUSR1, NULL, &action));
	MUST(getcwd(cwd, sizeof(cwd)) ? 0 : -1);
	bool moved = strcmp(strrchr(cwd, '/'), "/sub") == 0;
	say("%s: descriptor %d, directory %d, umask 0%o, ignored %d\n", name, fcntl(9, F_GETFD) == 0, moved,
	    (unsigned)umask(033), action.sa_handler == SIG_IGN);
	MUST(dup2(0, 10));
	catch_signal(SIGUSR2, handler, 0);
	step = 2;
	reap("  child sees", pid);
	close(9);
	close(10);
	if (moved)
		MUST(chdir(".."));
}

int main(void)
{
	MUST(mkdir("sub", 0755));
	try_flags("memory only", 0);
	try_flags("CLONE_FILES", CLONE_FILES);
	try_flags("CLONE_FS", CLONE_FS);
	try_flags("CLONE_SIGHAND", CLONE_SIGHAND);
	try_flags("all", CLONE_FILES | CLONE_FS | CLONE_SIGHAND);
	return 0;
}
