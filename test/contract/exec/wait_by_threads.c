/* SPDX-License-Identifier: MIT
 *
 * wait(2): a child made by one thread can be waited for by another, not with __WNOTHREAD; two threads waiting for
 * different children each get theirs; waitid fills its structure; wait with WNOWAIT twice gives the same.
 */
#include "../contract.h"

#include <pthread.h>

static pid_t by_thread;
static int gate[2];

static int waits(void *status)
{
	char byte;
	MUST(read(gate[0], &byte, 1));
	return (int)(long)status;
}

static void *makes_child(void *unused)
{
	by_thread = start(waits, (void *)21L);
	return unused;
}

static void *waits_for(void *pid)
{
	int status = 0;
	pid_t found = waitpid(*(pid_t *)pid, &status, 0);
	return (void *)(long)(found == *(pid_t *)pid ? WEXITSTATUS(status) : -1);
}

int main(void)
{
	pthread_t thread, other;
	void *first, *second;
	siginfo_t info;
	MUST(pipe(gate));
	MUST(-pthread_create(&thread, NULL, makes_child, NULL));
	MUST(-pthread_join(thread, NULL));
	CALL(waitpid(by_thread, NULL, WNOHANG));
	MUST(write(gate[1], "x", 1));
	reap("child of a thread that ended", by_thread);
	pid_t one = start(waits, (void *)31L), two = start(waits, (void *)32L);
	MUST(-pthread_create(&thread, NULL, waits_for, &one));
	MUST(-pthread_create(&other, NULL, waits_for, &two));
	MUST(write(gate[1], "xx", 2));
	MUST(-pthread_join(thread, &first));
	MUST(-pthread_join(other, &second));
	say("%ld %ld\n", (long)first, (long)second);
	one = start(waits, (void *)41L);
	MUST(write(gate[1], "x", 1));
	for (int i = 0; i < 2; i++) {
		MUST(waitid(P_PID, (id_t)one, &info, WEXITED | WNOWAIT));
		say("status %d code %d\n", info.si_status, info.si_code);
	}
	CALL(waitid(P_PID, (id_t)one, &info, WSTOPPED | WNOHANG));
	CALL(waitid(P_PGID, (id_t)getpgrp(), &info, WEXITED));
	CALL(waitpid(one, NULL, __WNOTHREAD));
	return 0;
}
