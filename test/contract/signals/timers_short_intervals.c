/* SPDX-License-Identifier: MIT
 *
 * Timers that are due all the time cost their owner something and nobody else: intervals of a nanosecond with the signal blocked
 * or ignored, on every clock; and CPU time waited for by a process that sleeps. Meanwhile others run, and the count of what
 * was missed is kept.
 */
#include <sys/time.h>

#include "../contract.h"

enum { TIMERS = 20 };

static long create(clockid_t clock, int signal_number, timer_t *timer)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = signal_number };
	return timer_create(clock, &event, timer);
}

static void set(timer_t timer)
{
	struct itimerspec shortest = { { 0, 1 }, { 0, 1 } };
	MUST(timer_settime(timer, 0, &shortest, NULL));
}

static int works(void *unused)
{
	long sum = 0;
	(void)unused;
	for (volatile int i = 0; i < 3000000; i++)
		sum += i;
	return sum == 0;
}

static int ignores(void *unused)
{
	timer_t timers[TIMERS];
	(void)unused;
	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < TIMERS; i++) {
		MUST(create(i % 2 ? CLOCK_MONOTONIC : CLOCK_BOOTTIME, SIGUSR1, &timers[i]));
		set(timers[i]);
	}
	sleep_ms(200);
	run_child("a child of one that ignores", works, NULL);
	return 3;
}

static int sleeps(void *unused)
{
	struct itimerval soon = { { 0, 1 }, { 10, 0 } };
	timer_t timer;
	(void)unused;
	signal(SIGVTALRM, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	MUST(setitimer(ITIMER_VIRTUAL, &soon, NULL));
	soon.it_value = (struct timeval){ 0, 1 };
	MUST(setitimer(ITIMER_VIRTUAL, &soon, NULL));
	MUST(create(CLOCK_PROCESS_CPUTIME_ID, SIGUSR1, &timer));
	set(timer);
	sleep_ms(300);
	return 4;
}

int main(void)
{
	timer_t timer;
	siginfo_t info;
	sigset_t blocked;
	long begun = now_ms();

	block_signal(SIGUSR2);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	MUST(create(CLOCK_MONOTONIC, SIGUSR2, &timer));
	set(timer);
	run_child("while a signal waits", works, NULL);
	run_child("ignores", ignores, NULL);
	run_child("sleeps", sleeps, NULL);
	IS(sigwaitinfo(&blocked, &info) == SIGUSR2);
	IS(info.si_overrun > 1000000);
	MUST(timer_settime(timer, 0, &(struct itimerspec){ 0 }, NULL));
	IS(now_ms() - begun < 10000);
	return 0;
}
