/* SPDX-License-Identifier: MIT */
/*
 * wait4 with a handler for SIGCHLD that does not restart calls: the end of the child that is waited for is the answer, never EINTR.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILDREN 300

static volatile int handled;

static void on_child(int number)
{
	(void)number;
	handled++;
}

int main(void)
{
	struct sigaction action = { .sa_handler = on_child };
	int reaped = 0, interrupted = 0, status;
	sigaction(SIGCHLD, &action, NULL);
	for (int i = 0; i < CHILDREN; i++) {
		pid_t child = fork();
		if (!child) {
			struct timespec moment = { .tv_nsec = i % 7 * 100000 };
			nanosleep(&moment, NULL);
			_exit(i & 0x7f);
		}
		pid_t found;
		while ((found = waitpid(child, &status, 0)) < 0 && errno == EINTR)
			interrupted++;
		reaped += found == child && WEXITSTATUS(status) == (i & 0x7f);
	}
	printf("reaped %d, interrupted %d, handled %d\n", reaped, interrupted, handled);
	return 0;
}
