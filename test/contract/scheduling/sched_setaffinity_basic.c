/* SPDX-License-Identifier: MIT
 *
 * sched_setaffinity(2), getcpu(2): the mask read can be set again unchanged and is what /proc/self/status says;
 * the CPU a process runs on is always one of its mask; another process's mask can be read and set.
 */
#include "contract.h"

int main(void)
{
	cpu_set_t before, after;
	CPU_ZERO(&before);
	CPU_ZERO(&after);
	CALL(sched_getaffinity(0, sizeof(before), &before));
	IS(CPU_COUNT(&before) >= 1);
	CALL(sched_setaffinity(0, sizeof(before), &before));
	CALL(sched_getaffinity(getpid(), sizeof(after), &after));
	IS(CPU_EQUAL(&before, &after));
	unsigned cpu = 99, node = 99, wrong = 0;
	for (int i = 0; i < 100; i++) {
		MUST(syscall(SYS_getcpu, &cpu, &node, NULL));
		wrong += !CPU_ISSET(cpu, &before) || node != 0;
		wrong += !CPU_ISSET((unsigned)sched_getcpu(), &before);
	}
	SHOW(wrong);
	CALL(syscall(SYS_getcpu, NULL, NULL, NULL));
	CALL(syscall(SYS_getcpu, 8L, NULL, NULL));
	pid_t child = start(sleep_forever, NULL);
	CPU_ZERO(&after);
	CPU_SET(0, &after);
	CALL(sched_setaffinity(child, sizeof(after), &after));
	CPU_ZERO(&after);
	CALL(sched_getaffinity(child, sizeof(after), &after));
	SHOW(CPU_COUNT(&after) * 10 + (CPU_ISSET(0, &after) ? 1 : 0));
	char text[4096], *line;
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/status", (int)child);
	read_file(path, text, sizeof(text));
	line = strstr(text, "Cpus_allowed_list:");
	say("%.*s\n", line ? (int)strcspn(line, "\n") : 4, line ? line : "none");
	MUST(kill(child, SIGKILL));
	reap("child", child);
	return 0;
}
