/* SPDX-License-Identifier: MIT
 *
 * Threads read, write and wait for eventfds, pipes and epoll sets of them, which further threads change, close and make anew all
 * the time: no event is lost, none comes of what is not in the set, and each counter ends as the sums say.
 */
#include "../contract.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define SOURCES 4
#define NAME 0x1234500000000000ull

static int rounds = 400, poller, counters[SOURCES];
static uint64_t taken[SOURCES], strange;
static bool stop;

static bool stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_ACQUIRE);
}

static void *writer(void *argument)
{
	uint64_t one = 1;
	for (int i = 0; i < rounds; i++)
		for (int source = 0; source < SOURCES; source++)
			MUST(write(counters[source], &one, sizeof(one)));
	return argument;
}

/* Waits now with, now without a time-out, now with poll; takes what is said to be ready. */
static void *collector(void *argument)
{
	struct epoll_event found[SOURCES + 1];
	struct pollfd poll_fd = { poller, POLLIN, 0 };
	for (int turn = 0; !stopped(); turn++) {
		if (turn % 16 == 0)
			(void)poll(&poll_fd, 1, 1);
		int count = epoll_wait(poller, found, 1 + turn % SOURCES, turn % 4 ? 0 : 1);
		if (!count)
			sched_yield();
		for (int i = 0; i < count; i++) {
			uint64_t value = 0, source = found[i].data.u64 - NAME;
			if (source >= SOURCES || found[i].events != EPOLLIN)
				__atomic_add_fetch(&strange, 1, __ATOMIC_RELAXED);
			else if (read(counters[source], &value, sizeof(value)) != sizeof(value))
				sched_yield(); /* the other one took it */
			else
				__atomic_add_fetch(&taken[source], value, __ATOMIC_RELAXED);
		}
	}
	return argument;
}

/* Rearms and takes out members, adds and closes others that never are ready for what is asked. */
static void *changer(void *argument)
{
	while (!stopped()) {
		for (uint64_t source = 0; source < SOURCES; source++) {
			struct epoll_event event = { .events = EPOLLIN, .data.u64 = NAME + source };
			int other = (int)MUST(eventfd(0, EFD_NONBLOCK)), ends[2];
			MUST(pipe(ends));
			MUST(epoll_ctl(poller, EPOLL_CTL_ADD, other, &event));
			MUST(epoll_ctl(poller, EPOLL_CTL_ADD, ends[0], &event));
			MUST(epoll_ctl(poller, EPOLL_CTL_MOD, counters[source], &event));
			MUST(epoll_ctl(poller, EPOLL_CTL_DEL, counters[source], NULL));
			MUST(close(other));
			MUST(epoll_ctl(poller, EPOLL_CTL_ADD, counters[source], &event));
			MUST(close(ends[0]));
			MUST(close(ends[1]));
			sched_yield();
		}
	}
	return argument;
}

static bool all_taken(void)
{
	for (int source = 0; source < SOURCES; source++)
		if (__atomic_load_n(&taken[source], __ATOMIC_RELAXED) != 2ull * (uint64_t)rounds)
			return false;
	return true;
}

/* Two threads pass a turn back and forth through eventfds, each of which also waits for its end by other means. */
static void *echo(void *argument)
{
	const int *pair = argument;
	uint64_t value;
	for (int i = 0; i < rounds; i++) {
		MUST(read(pair[0], &value, sizeof(value)));
		MUST(write(pair[1], &value, sizeof(value)));
	}
	return NULL;
}

static void turns(void)
{
	int pair[2] = { (int)MUST(eventfd(0, 0)), (int)MUST(eventfd(0, 0)) };
	struct pollfd poll_fd = { pair[1], POLLIN, 0 };
	uint64_t value, wrong = 0;
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, echo, pair));
	for (uint64_t i = 1; i <= (uint64_t)rounds; i++) {
		MUST(write(pair[0], &i, sizeof(i)));
		if (i % 3 == 0 && poll(&poll_fd, 1, 10000) != 1)
			wrong++;
		MUST(read(pair[1], &value, sizeof(value)));
		wrong += value != i;
	}
	MUST(-pthread_join(thread, NULL));
	SHOW(wrong);
}

int main(int count, char **words)
{
	pthread_t writers[2], collectors[2], changing;
	if (count > 1)
		rounds = atoi(words[1]);
	poller = (int)MUST(epoll_create1(0));
	for (uint64_t source = 0; source < SOURCES; source++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u64 = NAME + source };
		counters[source] = (int)MUST(eventfd(0, EFD_NONBLOCK));
		MUST(epoll_ctl(poller, EPOLL_CTL_ADD, counters[source], &event));
	}
	for (int i = 0; i < 2; i++) {
		MUST(-pthread_create(&collectors[i], NULL, collector, NULL));
		MUST(-pthread_create(&writers[i], NULL, writer, NULL));
	}
	MUST(-pthread_create(&changing, NULL, changer, NULL));
	for (int i = 0; i < 2; i++)
		MUST(-pthread_join(writers[i], NULL));
	for (long until = now_ms() + 10000; !all_taken() && now_ms() < until;)
		sleep_ms(1);
	IS(all_taken());
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (int i = 0; i < 2; i++)
		MUST(-pthread_join(collectors[i], NULL));
	MUST(-pthread_join(changing, NULL));
	SHOW(strange);
	struct epoll_event found[SOURCES];
	CALL(epoll_wait(poller, found, SOURCES, 0));
	turns();
	return 0;
}
