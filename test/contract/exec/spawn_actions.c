/* SPDX-License-Identifier: MIT
 *
 * posix_spawn(3): file actions in order, process group, mask and default signals; a failure to execute is the
 * call's own result and leaves no child; the parent's descriptors stay.
 */
#include "../contract.h"

#include <spawn.h>

extern char **environ;

static int new_program(void)
{
	char text[32];
	IS(getpgrp() == getpid());
	IS(signal_is_blocked(SIGUSR2) && !signal_is_blocked(SIGUSR1));
	struct sigaction action;
	MUST(sigaction(SIGHUP, NULL, &action));
	IS(action.sa_handler == SIG_DFL);
	MUST(sigaction(SIGINT, NULL, &action));
	IS(action.sa_handler == SIG_IGN);
	show_bytes("standard input", text, read(0, text, sizeof(text)));
	CALL(fcntl(7, F_GETFD));
	CALL(fcntl(8, F_GETFD));
	return 3;
}

int main(int argc, char **argv)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t set;
	pid_t child = -5;
	if (argc > 1)
		return new_program();
	write_file("input", "from the file");
	MUST(dup2(0, 7));
	MUST(dup2(0, 8));
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	MUST(-posix_spawn_file_actions_init(&actions));
	MUST(-posix_spawn_file_actions_addopen(&actions, 0, "input", O_RDONLY, 0));
	MUST(-posix_spawn_file_actions_addclose(&actions, 7));
	MUST(-posix_spawnattr_init(&attributes));
	MUST(-posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
							    POSIX_SPAWN_SETSIGDEF));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	MUST(-posix_spawnattr_setsigmask(&attributes, &set));
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	MUST(-posix_spawnattr_setsigdefault(&attributes, &set));
	char *arguments[] = { argv[0], "new", NULL };
	MUST(-posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments, environ));
	reap("child", child);
	CALL(fcntl(7, F_GETFD));
	TEXT(errno_name(posix_spawn(&child, "./none", NULL, NULL, arguments, environ)));
	TEXT(errno_name(posix_spawn(&child, "./input", NULL, NULL, arguments, environ)));
	MUST(-posix_spawn_file_actions_addopen(&actions, 5, "none", O_RDONLY, 0));
	TEXT(errno_name(posix_spawn(&child, "/proc/self/exe", &actions, NULL, arguments, environ)));
	CALL(waitpid(-1, NULL, 0));
	return 0;
}
