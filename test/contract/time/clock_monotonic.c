/* SPDX-License-Identifier: MIT
 *
 * clock_gettime(2): CLOCK_MONOTONIC never goes back, in one process, after a fork and by system call and vDSO in
 * turn; COARSE lags by at most a tick; BOOTTIME equals it without suspend; CPU clocks stand still in sleep.
 */
#include "contract.h"

static long long ns(clockid_t clock)
{
	struct timespec time;
	MUST(clock_gettime(clock, &time));
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long ns_by_call(clockid_t clock)
{
	struct timespec time;
	MUST(syscall(SYS_clock_gettime, clock, &time));
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int child(void *before)
{
	IS(ns(CLOCK_MONOTONIC) > *(long long *)before);
	return 0;
}

int main(void)
{
	int back = 0, out_of_range = 0;
	long long last = 0, now;
	for (int i = 0; i < 1000; i++) {
		struct timespec time;
		now = i % 3 ? ns(CLOCK_MONOTONIC) : ns_by_call(CLOCK_MONOTONIC);
		back += now < last;
		last = now;
		MUST(clock_gettime(CLOCK_REALTIME, &time));
		out_of_range += time.tv_nsec < 0 || time.tv_nsec >= 1000000000;
	}
	SHOW(back);
	SHOW(out_of_range);
	run_child("child", child, &last);
	now = ns(CLOCK_MONOTONIC);
	long long coarse = ns(CLOCK_MONOTONIC_COARSE);
	IS(now - coarse < 100000000 && coarse - now < 100000000);
	IS(ns(CLOCK_BOOTTIME) >= now && ns(CLOCK_BOOTTIME) - now < 1000000000);
	IS(ns(CLOCK_MONOTONIC_RAW) > 0);
	long long cpu = ns(CLOCK_PROCESS_CPUTIME_ID), thread = ns(CLOCK_THREAD_CPUTIME_ID);
	last = ns(CLOCK_MONOTONIC);
	sleep_ms(200);
	IS(ns(CLOCK_MONOTONIC) - last >= 200000000);
	IS(ns(CLOCK_PROCESS_CPUTIME_ID) - cpu < 100000000);
	IS(ns(CLOCK_THREAD_CPUTIME_ID) - thread < 100000000);
	IS(ns(CLOCK_PROCESS_CPUTIME_ID) > cpu);
	return 0;
}
