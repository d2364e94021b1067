/* SPDX-License-Identifier: MIT
 *
 * exit_group(2), _exit(2): the low 8 bits arrive, all threads end, whether called by the first thread or another;
 * exit of the first thread alone leaves the process running until the last one ends it.
 */
#include "contract.h"

#include <pthread.h>

static int exits(void *status)
{
	syscall(SYS_exit_group, *(int *)status);
	return 1;
}

static void *forever(void *unused)
{
	sleep_forever(unused);
	return NULL;
}

static void *ends_all(void *unused)
{
	syscall(SYS_exit_group, 33);
	return unused;
}

static void *ends_later(void *gate)
{
	char byte;
	MUST(read(*(int *)gate, &byte, 1));
	syscall(SYS_exit, 44);
	return NULL;
}

static int thread_ends_all(void *unused)
{
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, forever, unused));
	MUST(-pthread_create(&thread, NULL, ends_all, unused));
	return sleep_forever(unused);
}

static int first_thread_leaves(void *gate)
{
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, ends_later, gate));
	syscall(SYS_exit, 55);
	return 1;
}

int main(void)
{
	static int statuses[] = { 0, 42, 255, 256, 511, -1 };
	for (int i = 0; i < 6; i++) {
		say("exit_group(%d) ", statuses[i]);
		run_child("child", exits, &statuses[i]);
	}
	run_child("by a second thread", thread_ends_all, NULL);
	int gate[2];
	MUST(pipe(gate));
	pid_t child = start(first_thread_leaves, &gate[0]);
	sleep_ms(50);
	siginfo_t info = { 0 };
	CALL(waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG));
	SHOW(info.si_pid);
	MUST(write(gate[1], "x", 1));
	reap("last thread", child);
	return 0;
}
