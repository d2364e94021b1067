/* SPDX-License-Identifier: MIT
 *
 * settimeofday(2), clock_settime(2): root sets the clock forward and back, CLOCK_MONOTONIC does not notice, an
 * absolute CLOCK_REALTIME sleep ends early when the clock jumps over it; bad values and normal users are refused.
 */
#include "contract.h"

#include <sys/time.h>

static void add_to_clock(long seconds)
{
	struct timespec now;
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	now.tv_sec += seconds;
	CALL(clock_settime(CLOCK_REALTIME, &now));
}

static int sleeps_until_jump(void *unused)
{
	struct timespec now;
	(void)unused;
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	now.tv_sec += 500;
	long before = now_ms();
	int result = clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &now, NULL);
	return result == 0 && now_ms() - before < 15000 ? 6 : 1;
}

static int normal_user(void *unused)
{
	struct timespec now = { 1700000000, 0 };
	(void)unused;
	MUST(setuid(1000));
	CALL(clock_settime(CLOCK_REALTIME, &now));
	CALL(settimeofday(&(struct timeval){ 1700000000, 0 }, NULL));
	return 0;
}

int main(void)
{
	struct timeval day;
	struct timespec now;
	MUST(gettimeofday(&day, NULL));
	day.tv_sec += 1000;
	long before = now_ms();
	CALL(settimeofday(&day, NULL));
	MUST(clock_gettime(CLOCK_REALTIME, &now));
	IS(now.tv_sec - day.tv_sec >= 0 && now.tv_sec - day.tv_sec < 5);
	IS(now_ms() - before < 5000);
	add_to_clock(-1000);
	pid_t child = start(sleeps_until_jump, NULL);
	wait_until_asleep(child);
	add_to_clock(1000);
	reap("sleeper", child);
	add_to_clock(-1000);
	CALL(clock_settime(CLOCK_MONOTONIC, &now));
	CALL(clock_settime(999, &now));
	CALL(clock_settime(CLOCK_REALTIME, &(struct timespec){ 0, 1000000000 }));
	CALL(clock_settime(CLOCK_REALTIME, &(struct timespec){ -1, 0 }));
	CALL(settimeofday(&(struct timeval){ 0, 1000000 }, NULL));
	run_child("normal user", normal_user, NULL);
	return 0;
}
