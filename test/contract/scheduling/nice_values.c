/* SPDX-License-Identifier: MIT
 *
 * nice(2), sched(7): the value is read back and clamped, inherited over fork and exec, shown by /proc/self/stat,
 * and has effect: of two computing children on one CPU, the one with nice 0 gets far more time than nice 19.
 */
#include "contract.h"

#include <sys/resource.h>

static volatile long *work;

static int compute(void *slot)
{
	volatile long *count = slot;
	for (;;)
		(*count)++;
	return 0;
}

static int reads_stat(void *unused)
{
	char text[1024];
	(void)unused;
	read_file("/proc/self/stat", text, sizeof(text));
	char *field = strrchr(text, ')') + 2;
	for (int i = 0; i < 15; i++)
		field = strchr(field, ' ') + 1;
	long priority = 0, nice_value = 0;
	sscanf(field, "%ld %ld", &priority, &nice_value);
	say("stat: priority %ld, nice %ld\n", priority, nice_value);
	return 0;
}

int main(void)
{
	static const int steps[] = { 5, 5, 9, 30, -100 };
	for (int i = 0; i < 5; i++) {
		say("nice(%d): %d\n", steps[i], nice(steps[i]));
		say("getpriority: %d\n", getpriority(PRIO_PROCESS, 0));
	}
	MUST(setpriority(PRIO_PROCESS, 0, 7));
	run_child("stat", reads_stat, NULL);
	MUST(setpriority(PRIO_PROCESS, 0, -5));
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST((long)map);
	work = map;
	pid_t fast = start(compute, (void *)&work[0]), slow = start(compute, (void *)&work[64]);
	MUST(setpriority(PRIO_PROCESS, (id_t)fast, 0));
	MUST(setpriority(PRIO_PROCESS, (id_t)slow, 19));
	work[0] = work[64] = 0;
	sleep_ms(2000);
	long fast_work = work[0], slow_work = work[64];
	MUST(kill(fast, SIGKILL));
	MUST(kill(slow, SIGKILL));
	reap("fast", fast);
	reap("slow", slow);
	IS(fast_work > 8 * slow_work);
	return 0;
}
