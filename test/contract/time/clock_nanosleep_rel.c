/* SPDX-License-Identifier: MIT
 *
 * clock_nanosleep(2): relative and absolute sleeps last at least as long as asked, a time in the past returns at
 * once, an interruption gives EINTR (as the result) and the rest only for a relative sleep.
 */
#include "contract.h"

static void handler(int signal_number)
{
	(void)signal_number;
}

static int poker(void *unused)
{
	(void)unused;
	wait_until_asleep(getppid());
	MUST(kill(getppid(), SIGUSR1));
	return 0;
}

static long slept(clockid_t clock, int flags, struct timespec time)
{
	long before = now_ms();
	int result = clock_nanosleep(clock, flags, &time, NULL);
	if (result)
		say("  clock_nanosleep: %s\n", errno_name(result));
	return now_ms() - before;
}

static void interrupted(int flags)
{
	struct timespec time = { 30, 0 }, left = { -7, -7 };
	if (flags == TIMER_ABSTIME) {
		MUST(clock_gettime(CLOCK_MONOTONIC, &time));
		time.tv_sec += 30;
	}
	pid_t child = start(poker, NULL);
	say("interrupted: %s\n", errno_name(clock_nanosleep(CLOCK_MONOTONIC, flags, &time, &left)));
	say("left: %s\n", left.tv_sec == -7                       ? "untouched"
			  : left.tv_sec >= 20 && left.tv_sec < 30 ? "the rest"
								  : "wrong");
	reap("poker", child);
}

int main(void)
{
	struct timespec soon;
	IS(slept(CLOCK_MONOTONIC, 0, (struct timespec){ 0, 10000000 }) >= 10);
	IS(slept(CLOCK_REALTIME, 0, (struct timespec){ 0, 1000000 }) >= 1);
	IS(slept(CLOCK_MONOTONIC, 0, (struct timespec){ 0, 0 }) < 1000);
	IS(slept(CLOCK_BOOTTIME, 0, (struct timespec){ 0, 10000000 }) >= 10);
	MUST(clock_gettime(CLOCK_REALTIME, &soon));
	IS(slept(CLOCK_REALTIME, TIMER_ABSTIME, (struct timespec){ soon.tv_sec + 1, soon.tv_nsec }) >= 990);
	IS(slept(CLOCK_REALTIME, TIMER_ABSTIME, (struct timespec){ 5, 0 }) < 1000);
	IS(slept(999, 0, (struct timespec){ 0, 1 }) < 1000);
	IS(slept(CLOCK_MONOTONIC, 0, (struct timespec){ 0, 1000000000 }) < 1000);
	IS(slept(CLOCK_MONOTONIC, 0, (struct timespec){ -1, 0 }) < 1000);
	IS(slept(CLOCK_MONOTONIC_RAW, 0, (struct timespec){ 0, 1 }) < 1000);
	IS(slept(CLOCK_THREAD_CPUTIME_ID, 0, (struct timespec){ 0, 1 }) < 1000);
	catch_signal(SIGUSR1, handler, SA_RESTART);
	interrupted(0);
	interrupted(TIMER_ABSTIME);
	return 0;
}
