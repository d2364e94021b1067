/* SPDX-License-Identifier: MIT
 *
 * The calls behind the vDSO's clocks agree with it, and have its errors: clocks that are none, memory that cannot be written
 * or was never touched.
 */
#include "../contract.h"

#include <sys/time.h>

static long long ns(const struct timespec *time)
{
	return time->tv_sec * 1000000000ll + time->tv_nsec;
}

static bool in_order(int clock)
{
	struct timespec before, middle, after;
	for (int i = 0; i < 200; i++) {
		clock_gettime(clock, &before);
		MUST(syscall(SYS_clock_gettime, clock, &middle));
		clock_gettime(clock, &after);
		if (ns(&before) > ns(&middle) || ns(&middle) > ns(&after))
			return false;
	}
	return true;
}

int main(void)
{
	char *memory = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct timespec time;
	struct timeval value;
	IS(in_order(CLOCK_MONOTONIC));
	IS(in_order(CLOCK_REALTIME));
	IS(in_order(CLOCK_BOOTTIME));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC_RAW, &time));
	CALL(syscall(SYS_clock_gettime, CLOCK_TAI, &time));
	CALL(syscall(SYS_clock_gettime, 99, &time));
	CALL(syscall(SYS_clock_gettime, 64, &time));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, NULL));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, 1l << 47));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, memory + 4096 - 8));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, memory + 2 * 4096));
	MUST(mprotect(memory, 4096, PROT_READ));
	CALL(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, memory));
	CALL(syscall(SYS_gettimeofday, &value, NULL));
	IS(value.tv_usec >= 0 && value.tv_usec < 1000000);
	CALL(syscall(SYS_gettimeofday, NULL, NULL));
	CALL(syscall(SYS_gettimeofday, memory, NULL));
	clock_gettime(CLOCK_REALTIME, &time);
	long seconds = syscall(SYS_time, NULL);
	IS(seconds >= time.tv_sec - 1 && seconds <= time.tv_sec + 1);
	CALL(syscall(SYS_time, memory));
	return 0;
}
