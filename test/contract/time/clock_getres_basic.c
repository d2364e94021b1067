/* SPDX-License-Identifier: MIT
 *
 * clock_getres(2): the resolution of every clock, as the other kernel has it; NULL is allowed, unknown ids are
 * EINVAL, the CPU clock of a process by its id works.
 */
#include "contract.h"

static void resolution(const char *name, clockid_t clock)
{
	struct timespec fine = { -1, -1 };
	long result = syscall(SYS_clock_getres, clock, &fine);
	if (result == -1)
		say("%s: %s\n", name, errno_name(errno));
	else
		say("%s: %ld s %ld ns\n", name, (long)fine.tv_sec, fine.tv_nsec);
}

int main(void)
{
	struct timespec fine;
	resolution("CLOCK_REALTIME", CLOCK_REALTIME);
	resolution("CLOCK_MONOTONIC", CLOCK_MONOTONIC);
	resolution("CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID);
	resolution("CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID);
	resolution("CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW);
	resolution("CLOCK_REALTIME_COARSE", CLOCK_REALTIME_COARSE);
	resolution("CLOCK_MONOTONIC_COARSE", CLOCK_MONOTONIC_COARSE);
	resolution("CLOCK_BOOTTIME", CLOCK_BOOTTIME);
	resolution("CLOCK_TAI", CLOCK_TAI);
	resolution("10", 10);
	resolution("999", 999);
	CALL(syscall(SYS_clock_getres, CLOCK_MONOTONIC, NULL));
	CALL(syscall(SYS_clock_getres, CLOCK_MONOTONIC, 8L));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 8L));
	CALL(syscall(SYS_clock_gettime, 999, &fine));
	clockid_t clock;
	MUST(-clock_getcpuclockid(0, &clock));
	CALL(clock_gettime(clock, &fine));
	IS(fine.tv_sec == 0 && fine.tv_nsec > 0);
	TEXT(errno_name(clock_getcpuclockid(4000000, &clock)));
	return 0;
}
