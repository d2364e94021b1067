/* SPDX-License-Identifier: MIT
 *
 * tgkill(2), signal(7): a thread-directed signal interrupts exactly the target's sleep; a process-directed one
 * goes to the only thread that does not block it; a fatal one ends all threads.
 */
#include "contract.h"

#include <pthread.h>

static volatile long handled_by;
static volatile int tid_of_thread, finished;

static void handler(int signal_number)
{
	(void)signal_number;
	handled_by = syscall(SYS_gettid);
}

static void *sleeper(void *unused)
{
	struct timespec time = { 20, 0 };
	tid_of_thread = (int)syscall(SYS_gettid);
	CALL(nanosleep(&time, NULL));
	IS(handled_by == syscall(SYS_gettid));
	handled_by = 0;
	time.tv_sec = 20;
	finished = 1;
	CALL(nanosleep(&time, NULL));
	IS(handled_by == syscall(SYS_gettid));
	return unused;
}

static void *forever(void *unused)
{
	sleep_forever(unused);
	return NULL;
}

static int dies_with_threads(void *unused)
{
	pthread_t threads[2];
	for (int i = 0; i < 2; i++)
		MUST(-pthread_create(&threads[i], NULL, forever, unused));
	MUST(-pthread_kill(threads[1], SIGTERM));
	sleep_ms(10000);
	return 1;
}

int main(void)
{
	pthread_t thread;
	catch_signal(SIGUSR1, handler, SA_RESTART);
	MUST(-pthread_create(&thread, NULL, sleeper, NULL));
	while (!tid_of_thread)
		sleep_ms(1);
	wait_until_thread_asleep(tid_of_thread);
	IS(syscall(SYS_tgkill, getppid(), tid_of_thread, SIGUSR1) == -1 && errno == ESRCH);
	SHOW(handled_by);
	MUST(syscall(SYS_tgkill, getpid(), tid_of_thread, SIGUSR1));
	while (!finished)
		sleep_ms(1);
	wait_until_thread_asleep(tid_of_thread);
	block_signal(SIGUSR1);
	MUST(kill(getpid(), SIGUSR1));
	MUST(-pthread_join(thread, NULL));
	IS(signal_is_pending(SIGUSR1));
	run_child("fatal to one thread", dies_with_threads, NULL);
	return 0;
}
