/* SPDX-License-Identifier: MIT
 *
 * pthread_mutex_lock(3), condition variables, barriers: four threads with a mutex lose no increment, a
 * process-shared mutex in a shared mapping protects between processes, a condition variable hands over strictly.
 */
#include "contract.h"

#include <pthread.h>

enum { THREADS = 4, ROUNDS = 2000 };

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	long counter;
	int turn;
};

static void add(struct shared *shared, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		pthread_mutex_lock(&shared->mutex);
		long value = shared->counter;
		if (i % 64 == 0)
			sched_yield();
		shared->counter = value + 1;
		pthread_mutex_unlock(&shared->mutex);
	}
}

static void *adder(void *shared)
{
	add(shared, ROUNDS);
	return NULL;
}

static int adding_child(void *shared)
{
	add(shared, ROUNDS);
	return 0;
}

static void play(struct shared *shared, int me)
{
	for (int i = 0; i < 100; i++) {
		pthread_mutex_lock(&shared->mutex);
		while (shared->turn != me)
			pthread_cond_wait(&shared->changed, &shared->mutex);
		shared->counter += me ? 1 : 1000;
		shared->turn = !me;
		pthread_cond_signal(&shared->changed);
		pthread_mutex_unlock(&shared->mutex);
	}
}

static int playing_child(void *shared)
{
	play(shared, 1);
	return 0;
}

int main(void)
{
	pthread_mutexattr_t mutex_attributes;
	pthread_condattr_t condition_attributes;
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&mutex_attributes);
	pthread_mutexattr_setpshared(&mutex_attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&shared->mutex, &mutex_attributes);
	pthread_condattr_init(&condition_attributes);
	pthread_condattr_setpshared(&condition_attributes, PTHREAD_PROCESS_SHARED);
	pthread_cond_init(&shared->changed, &condition_attributes);
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		MUST(-pthread_create(&threads[i], NULL, adder, shared));
	for (int i = 0; i < THREADS; i++)
		MUST(-pthread_join(threads[i], NULL));
	SHOW(shared->counter);
	pid_t one = start(adding_child, shared), two = start(adding_child, shared);
	add(shared, ROUNDS);
	reap("one", one);
	reap("two", two);
	SHOW(shared->counter);
	shared->counter = 0;
	one = start(playing_child, shared);
	play(shared, 0);
	reap("player", one);
	SHOW(shared->counter);
	return 0;
}
