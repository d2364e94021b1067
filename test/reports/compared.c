/* SPDX-License-Identifier: MIT */
/*
 * Programs whose calls are the same on any Linux, for scripts/diff-linux: a child by glibc's posix_spawn, eight threads, signals by alarm.
 * The name of one is the argument.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 8
#define TICKS 5

extern char **environ;

static volatile sig_atomic_t ticks;

static int spawn(void)
{
	char *arguments[] = { "echo", "spawned", NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t defaults;
	pid_t child;
	int status;

	sigemptyset(&defaults);
	sigaddset(&defaults, SIGUSR1);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigdefault(&attributes, &defaults);
	if (posix_spawnp(&child, "echo", &actions, &attributes, arguments, environ) != 0)
		return 1;
	return waitpid(child, &status, 0) != child || status != 0;
}

static void *count(void *sum)
{
	for (int step = 0; step < 1000; step++)
		__atomic_add_fetch((long *)sum, 1, __ATOMIC_RELAXED);
	return sum;
}

static int threads(void)
{
	pthread_t thread[THREADS];
	long sum = 0;

	for (int index = 0; index < THREADS; index++)
		if (pthread_create(&thread[index], NULL, count, &sum) != 0)
			return 1;
	for (int index = 0; index < THREADS; index++)
		pthread_join(thread[index], NULL);
	return sum != THREADS * 1000L;
}

static void tick(int number)
{
	(void)number;
	ticks++;
}

static int alarms(void)
{
	struct sigaction action = { .sa_handler = tick, .sa_flags = SA_RESTART };
	struct itimerval often = { { 0, 20000 }, { 0, 20000 } }, never = { { 0, 0 }, { 0, 0 } };
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGALRM);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (ticks < TICKS)
		sigsuspend(&before);
	setitimer(ITIMER_REAL, &never, NULL);
	alarm(1);
	return sigsuspend(&before) == 0;
}

int main(int count_of_arguments, char **arguments)
{
	static const struct {
		const char *name;
		int (*run)(void);
	} programs[] = { { "spawn", spawn }, { "threads", threads }, { "alarms", alarms } };

	for (size_t index = 0; index < sizeof(programs) / sizeof(programs[0]); index++)
		if (count_of_arguments == 2 && strcmp(arguments[1], programs[index].name) == 0)
			return programs[index].run();
	fprintf(stderr, "usage: compared spawn|threads|alarms\n");
	return 2;
}
