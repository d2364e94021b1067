/* SPDX-License-Identifier: MIT
 *
 * clock_gettime(2): CLOCK_REALTIME is after 14 November 2023, agrees with time(2), gettimeofday(2), the COARSE
 * clock and the time stamps of a file made just now; TAI differs by the offset set in the kernel (none).
 */
#include "contract.h"

#include <sys/time.h>

static double seconds(clockid_t clock)
{
	struct timespec time;
	MUST(clock_gettime(clock, &time));
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(void)
{
	struct timespec now;
	struct timeval day;
	struct stat status;
	CALL(clock_gettime(CLOCK_REALTIME, &now));
	IS(now.tv_sec > 1699920000 && now.tv_sec < 4000000000L);
	IS(now.tv_nsec >= 0 && now.tv_nsec < 1000000000);
	IS(time(NULL) - now.tv_sec >= 0 && time(NULL) - now.tv_sec < 5);
	CALL(gettimeofday(&day, NULL));
	IS(day.tv_sec - now.tv_sec >= 0 && day.tv_sec - now.tv_sec < 5);
	double fine = seconds(CLOCK_REALTIME), coarse = seconds(CLOCK_REALTIME_COARSE);
	IS(fine - coarse < 0.1 && coarse - fine < 5);
	IS(seconds(CLOCK_TAI) - seconds(CLOCK_REALTIME) < 1);
	double before = seconds(CLOCK_REALTIME_COARSE);
	write_file("file", "x");
	double after = seconds(CLOCK_REALTIME);
	MUST(stat("file", &status));
	double made = (double)status.st_mtim.tv_sec + (double)status.st_mtim.tv_nsec / 1e9;
	IS(made >= before - 0.001 && made <= after + 0.001);
	IS(status.st_mtim.tv_nsec == status.st_ctim.tv_nsec &&
	   status.st_atim.tv_sec == status.st_mtim.tv_sec);
	time_t stored = 0, returned = (time_t)syscall(SYS_time, &stored);
	IS(stored == returned && returned >= now.tv_sec);
	CALL(syscall(SYS_time, 8L));
	return 0;
}
