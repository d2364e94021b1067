/* SPDX-License-Identifier: MIT
 *
 * getrusage(2), times(2): user and system time grow with computing and calling, RUSAGE_THREAD counts one thread,
 * RUSAGE_CHILDREN only children that were waited for, page faults and maximal resident size are counted.
 */
#include "contract.h"

#include <sys/resource.h>
#include <sys/times.h>

static long microseconds(struct timeval time)
{
	return time.tv_sec * 1000000L + time.tv_usec;
}

static void compute(long milliseconds)
{
	struct timespec now;
	do {
		for (volatile int i = 0; i < 20000; i++)
			;
		MUST(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now));
	} while (now.tv_sec * 1000 + now.tv_nsec / 1000000 < milliseconds);
}

static int child(void *unused)
{
	(void)unused;
	compute(200);
	return 0;
}

int main(void)
{
	struct rusage self, children, thread;
	struct tms ticks;
	CALL(getrusage(RUSAGE_CHILDREN, &children));
	SHOW(microseconds(children.ru_utime) + microseconds(children.ru_stime) + children.ru_minflt);
	static char memory[4 << 20];
	memset(memory, 1, sizeof(memory));
	compute(300);
	CALL(getrusage(RUSAGE_SELF, &self));
	long spent = microseconds(self.ru_utime) + microseconds(self.ru_stime);
	IS(spent >= 250000 && spent < 5000000);
	IS(microseconds(self.ru_utime) > 0);
	CALL(getrusage(RUSAGE_THREAD, &thread));
	IS(microseconds(thread.ru_utime) + microseconds(thread.ru_stime) >= 250000);
	IS(self.ru_minflt > 10);
	IS(self.ru_maxrss >= 3000 && self.ru_maxrss < 65536);
	pid_t pid = start(child, NULL);
	siginfo_t info;
	MUST(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT));
	MUST(getrusage(RUSAGE_CHILDREN, &children));
	SHOW(microseconds(children.ru_utime) + microseconds(children.ru_stime));
	reap("child", pid);
	MUST(getrusage(RUSAGE_CHILDREN, &children));
	IS(microseconds(children.ru_utime) + microseconds(children.ru_stime) >= 150000);
	IS(children.ru_minflt > 0);
	IS(times(&ticks) > 0);
	IS(ticks.tms_utime + ticks.tms_stime >= 25);
	IS(ticks.tms_cutime + ticks.tms_cstime >= 15);
	CALL(getrusage(5, &self));
	CALL(syscall(SYS_getrusage, RUSAGE_SELF, 8L));
	return 0;
}
