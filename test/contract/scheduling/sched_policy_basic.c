/* SPDX-License-Identifier: MIT
 *
 * sched_setscheduler(2): the policies with their priority ranges, reset on fork, inheritance, round-robin
 * interval, and that a SCHED_FIFO process on one CPU keeps a normal one from running until it sleeps.
 */
#include "contract.h"

static volatile int *flag;

static int child_policy(void *unused)
{
	(void)unused;
	SHOW(syscall(SYS_sched_getscheduler, 0));
	return 0;
}

static int sets_flag(void *unused)
{
	(void)unused;
	*flag = 1;
	return 0;
}

static void fifo_keeps_the_processor(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
	pid_t child = start(sets_flag, NULL);
	long end = now_ms() + 200;
	while (now_ms() < end)
		;
	SHOW(*flag);
	reap("normal", child);
	SHOW(*flag);
}

int main(void)
{
	struct sched_param priority = { 0 };
	flag = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	for (int policy = 0; policy < 8; policy++)
		say("policy %d: %ld to %ld\n", policy, syscall(SYS_sched_get_priority_min, policy),
		    syscall(SYS_sched_get_priority_max, policy));
	SHOW(syscall(SYS_sched_getscheduler, 0));
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &priority));
	priority.sched_priority = 1;
	CALL(syscall(SYS_sched_setscheduler, 0, 0, &priority));
	CALL(syscall(SYS_sched_setscheduler, 0, 3, &(struct sched_param){ 0 }));
	SHOW(syscall(SYS_sched_getscheduler, 0));
	CALL(syscall(SYS_sched_setscheduler, 0, 2, &priority));
	SHOW(syscall(SYS_sched_getscheduler, 0));
	run_child("inherits", child_policy, NULL);
	CALL(syscall(SYS_sched_setscheduler, 0, 1 | 0x40000000, &priority));
	HEX(syscall(SYS_sched_getscheduler, 0));
	CALL(syscall(SYS_sched_setscheduler, 0, 1, &(struct sched_param){ 0 }));
	CALL(syscall(SYS_sched_setscheduler, 0, 99, &priority));
	CALL(syscall(SYS_sched_setscheduler, 0, 1, NULL));
	CALL(syscall(SYS_sched_setscheduler, 4000000, 1, &priority));
	CALL(syscall(SYS_sched_setscheduler, 0, 1, &priority));
	priority.sched_priority = 0;
	CALL(syscall(SYS_sched_getparam, 0, &priority));
	SHOW(priority.sched_priority);
	struct timespec interval;
	CALL(syscall(SYS_sched_rr_get_interval, 0, &interval));
	SHOW(interval.tv_sec + interval.tv_nsec);
	run_child("reset", child_policy, NULL);
	fifo_keeps_the_processor();
	return 0;
}
