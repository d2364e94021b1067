/* SPDX-License-Identifier: MIT
 *
 * Mutexes of the C library with PTHREAD_PRIO_INHERIT: an exact counter, errors, robust ones after the death of a thread and of
 * another process.
 */
#include "contract.h"

#include <pthread.h>

#define ROUNDS 2000

static pthread_mutex_t mutex;
static int counter;

static void make(pthread_mutex_t *where, int type, bool robust, bool shared)
{
	pthread_mutexattr_t attributes;
	MUST(pthread_mutexattr_init(&attributes));
	MUST(pthread_mutexattr_settype(&attributes, type));
	MUST(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
	MUST(pthread_mutexattr_setrobust(&attributes, robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED));
	MUST(pthread_mutexattr_setpshared(&attributes, shared));
	SHOW(pthread_mutex_init(where, &attributes));
}

static void *count(void *unused)
{
	(void)unused;
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		int seen = counter;
		if (i % 64 == 0)
			sched_yield();
		counter = seen + 1;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void contended(void)
{
	pthread_t threads[4];
	make(&mutex, PTHREAD_MUTEX_NORMAL, false, false);
	for (int i = 0; i < 4; i++)
		MUST(pthread_create(&threads[i], NULL, count, NULL));
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	SHOW(counter);
	SHOW(pthread_mutex_destroy(&mutex));
}

static void *trier(void *unused)
{
	struct timespec time;
	(void)unused;
	clock_gettime(CLOCK_REALTIME, &time);
	IS(pthread_mutex_trylock(&mutex) == EBUSY);
	IS(pthread_mutex_timedlock(&mutex, &time) == ETIMEDOUT);
	IS(pthread_mutex_unlock(&mutex) == EPERM);
	return NULL;
}

static void checked(void)
{
	pthread_t thread;
	make(&mutex, PTHREAD_MUTEX_ERRORCHECK, false, false);
	SHOW(pthread_mutex_lock(&mutex));
	IS(pthread_mutex_lock(&mutex) == EDEADLK);
	MUST(pthread_create(&thread, NULL, trier, NULL));
	pthread_join(thread, NULL);
	SHOW(pthread_mutex_unlock(&mutex));
}

static void *die_with_it(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&mutex);
	return NULL;
}

static void robust_thread(void)
{
	pthread_t thread;
	make(&mutex, PTHREAD_MUTEX_NORMAL, true, false);
	MUST(pthread_create(&thread, NULL, die_with_it, NULL));
	pthread_join(thread, NULL);
	IS(pthread_mutex_lock(&mutex) == EOWNERDEAD);
	SHOW(pthread_mutex_consistent(&mutex));
	SHOW(pthread_mutex_unlock(&mutex));
	SHOW(pthread_mutex_lock(&mutex));
	SHOW(pthread_mutex_unlock(&mutex));
}

static int owner(void *shared)
{
	pthread_mutex_lock(shared);
	sleep_forever(NULL);
	return 0;
}

static int heir(void *shared)
{
	IS(pthread_mutex_lock(shared) == EOWNERDEAD);
	SHOW(pthread_mutex_consistent(shared));
	SHOW(pthread_mutex_unlock(shared));
	return 0;
}

static void robust_process(void)
{
	pthread_mutex_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t holds, waits;
	make(shared, PTHREAD_MUTEX_NORMAL, true, true);
	holds = start(owner, shared);
	wait_until_asleep(holds);
	waits = start(heir, shared);
	wait_until_asleep(waits);
	kill(holds, SIGKILL);
	reap("heir", waits);
	reap("owner", holds);
	SHOW(pthread_mutex_lock(shared));
	SHOW(pthread_mutex_unlock(shared));
}

int main(void)
{
	contended();
	checked();
	robust_thread();
	robust_process();
	return 0;
}
