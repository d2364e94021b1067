/* SPDX-License-Identifier: MIT
 *
 * No signal is lost and none runs where it is blocked, while threads change masks and actions as fast as they can. A child
 * sends N numbered real-time signals to the process (first argument), which any thread may take.
 */
#include "../contract.h"

#include <pthread.h>

#define THREADS 4
#define NUMBER (SIGRTMIN + 3)

static volatile int handled, misplaced, finished, wrong;
static __thread volatile int closed;

static void handler(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	(void)info;
	if (closed)
		__atomic_fetch_add(&misplaced, 1, __ATOMIC_SEQ_CST);
	__atomic_fetch_add(&handled, 1, __ATOMIC_SEQ_CST);
}

static void other_handler(int number, siginfo_t *info, void *context)
{
	handler(number, info, context);
}

static void *changer(void *unused)
{
	sigset_t own, all, old;
	(void)unused;
	sigemptyset(&own);
	sigfillset(&all);
	for (unsigned round = 0; !finished; round++) {
		pthread_sigmask(SIG_BLOCK, &all, &old);
		closed = 1;
		if (sigismember(&old, NUMBER))
			wrong++;
		for (int i = 0; i < 5; i++) {
			sigaddset(&own, SIGUSR1 + i % 2);
			pthread_sigmask(SIG_BLOCK, &own, NULL);
		}
		catch_signal_info(NUMBER, round & 1 ? handler : other_handler, SA_RESTART);
		closed = 0;
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		pthread_sigmask(SIG_UNBLOCK, &own, NULL);
	}
	return NULL;
}

static int sender(void *count)
{
	union sigval value = { 0 };
	pid_t parent = getppid();
	for (long i = 0; i < *(long *)count; i++) {
		while (sigqueue(parent, NUMBER, value))
			sched_yield();
		if (i % 5 == 0)
			sched_yield();
	}
	return 0;
}

int main(int count, char **arguments)
{
	pthread_t threads[THREADS];
	long signals = count > 1 ? atol(arguments[1]) : 100;
	catch_signal_info(NUMBER, handler, SA_RESTART);
	for (int i = 0; i < THREADS; i++)
		MUST(-pthread_create(&threads[i], NULL, changer, NULL));
	pid_t child = start(sender, &signals);
	int status;
	while (waitpid(child, &status, 0) != child)
		;
	show_status("sender", status);
	for (long limit = now_ms() + 5000; handled < signals && now_ms() < limit;)
		sched_yield();
	finished = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	IS(handled == signals);
	SHOW(misplaced);
	SHOW(wrong);
	return 0;
}
