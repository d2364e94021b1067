/* SPDX-License-Identifier: MIT
 *
 * gettimeofday(2): agrees with clock_gettime both by the library and by the system call, microseconds in range,
 * NULL arguments are allowed, the time zone is the kernel's.
 */
#include "contract.h"

#include <sys/time.h>

static long long micro(const struct timeval *time)
{
	return time->tv_sec * 1000000LL + time->tv_usec;
}

int main(void)
{
	struct timeval day, by_call;
	struct timezone zone = { 77, 77 };
	struct timespec now;
	int wrong = 0;
	for (int i = 0; i < 200; i++) {
		MUST(clock_gettime(CLOCK_REALTIME, &now));
		MUST(gettimeofday(&day, NULL));
		MUST(syscall(SYS_gettimeofday, &by_call, NULL));
		long long clock = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
		wrong += micro(&day) < clock || micro(&by_call) < micro(&day) ||
			 micro(&by_call) - clock > 1000000;
		wrong += day.tv_usec < 0 || day.tv_usec > 999999;
	}
	SHOW(wrong);
	CALL(syscall(SYS_gettimeofday, &day, &zone));
	say("zone %d %d\n", zone.tz_minuteswest, zone.tz_dsttime);
	CALL(syscall(SYS_gettimeofday, NULL, NULL));
	CALL(syscall(SYS_gettimeofday, NULL, &zone));
	CALL(syscall(SYS_gettimeofday, 8L, NULL));
	return 0;
}
