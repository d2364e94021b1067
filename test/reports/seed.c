/* SPDX-License-Identifier: MIT */
/*
 * A parent that spawns a child and waits; the child (the same source, linked elsewhere, with an argument) installs a handler of
 * SIGCHLD in its own image and ends. With dispositions shared behind exec the parent would jump to the child's handler.
 */
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void on_child(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	char *arguments[] = { "/bin/seed-child", "child", NULL };
	pid_t pid;
	int status;
	(void)argv;
	if (argc > 1)
		return signal(SIGCHLD, on_child) == SIG_ERR;
	if (posix_spawn(&pid, arguments[0], NULL, NULL, arguments, environ) ||
	    waitpid(pid, &status, 0) != pid)
		return 1;
	puts(status ? "the child failed" : "clean");
	return 0;
}
