/* SPDX-License-Identifier: MIT
 *
 * Timers that are deleted, set anew or lost with their process while they expire leave nothing behind: what is due all the time is
 * taken away a few thousand times, and then others run.
 */
#include <sys/time.h>

#include "../contract.h"

enum { ROUNDS = 300, CHILDREN = 24 };

static void set(timer_t timer, long interval_ns)
{
	struct itimerspec time = { { 0, interval_ns }, { 0, 1 } };
	MUST(timer_settime(timer, 0, &time, NULL));
}

static void create(timer_t *timer)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	MUST(timer_create(CLOCK_MONOTONIC, &event, timer));
}

static void work(int count)
{
	for (volatile int i = 0; i < count; i++)
		;
}

static int leaves_them(void *argument)
{
	struct itimerval often = { { 0, 1 }, { 0, 1 } };
	timer_t timers[8];

	signal(SIGALRM, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	MUST(setitimer(ITIMER_REAL, &often, NULL));
	for (int i = 0; i < 8; i++) {
		create(&timers[i]);
		set(timers[i], 1000 * i + 1);
	}
	work(1000 * (int)(long)argument);
	return 0;
}

static int deletes_them(void *argument)
{
	timer_t timer;
	unsigned turn = (unsigned)(long)argument * 977;

	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < ROUNDS; i++) {
		create(&timer);
		set(timer, 1 + i * 500);
		work((int)(turn % 3001));
		set(timer, 20000);
		work((int)(turn / 7 % 5001));
		MUST(timer_delete(timer));
		turn = turn * 69069 + 1;
	}
	return 0;
}

static int wait_for_all(int count)
{
	int ended = 0, status;

	for (int i = 0; i < count; i++) {
		MUST(waitpid(-1, &status, 0));
		ended += status == 0;
	}
	return ended;
}

int main(void)
{
	for (int i = 0; i < CHILDREN; i++)
		start(i % 2 ? deletes_them : leaves_them, (void *)(long)i);
	SHOW(wait_for_all(CHILDREN));
	sleep_ms(200);
	return 0;
}
