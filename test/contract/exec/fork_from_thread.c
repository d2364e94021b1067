/* SPDX-License-Identifier: MIT
 *
 * fork(2) by a second thread: the child has that one thread, which leads it; what the others held stays as it was; its end does not wait
 * for them.
 */
#include <pthread.h>

#include "../contract.h"

static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local int own = 1;
static pid_t parent_tid;

static int child(void *unused)
{
	char text[1024];
	(void)unused;
	IS(syscall(SYS_gettid) == getpid());
	IS(getpid() != parent_tid);
	SHOW(own);
	SHOW(pthread_mutex_trylock(&held) != 0);
	read_file("/proc/self/status", text, sizeof text);
	IS(strstr(text, "Threads:\t1\n"));
	return 6;
}

static void *forks(void *unused)
{
	(void)unused;
	own = 42;
	parent_tid = (pid_t)syscall(SYS_gettid);
	run_child("child of a thread", child, NULL);
	return NULL;
}

static void *waits(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&held);
	pthread_mutex_unlock(&held);
	return NULL;
}

int main(void)
{
	pthread_t forker, waiter;

	pthread_mutex_lock(&held);
	MUST(pthread_create(&waiter, NULL, waits, NULL));
	MUST(pthread_create(&forker, NULL, forks, NULL));
	pthread_join(forker, NULL);
	SHOW(own);
	pthread_mutex_unlock(&held);
	pthread_join(waiter, NULL);
	CALL(wait(NULL));
	return 0;
}
