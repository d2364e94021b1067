/* SPDX-License-Identifier: MIT
 *
 * sched_setaffinity(2): CPU 0 is in the mask, {0} can be set and is read back, by children and threads too; an
 * empty mask or only absent CPUs is EINVAL, a buffer too small for the machine's mask is EINVAL.
 */
#include "contract.h"

#include <pthread.h>

static int count(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	MUST(sched_getaffinity(0, sizeof(set), &set));
	return CPU_COUNT(&set) * 10 + (CPU_ISSET(0, &set) ? 1 : 0);
}

static int child(void *unused)
{
	(void)unused;
	SHOW(count());
	return 0;
}

static void *thread_body(void *unused)
{
	SHOW(count());
	return unused;
}

int main(void)
{
	cpu_set_t set;
	unsigned long words[16] = { 0 };
	CPU_ZERO(&set);
	CALL(sched_getaffinity(0, sizeof(set), &set));
	IS(CPU_ISSET(0, &set));
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CALL(sched_setaffinity(0, sizeof(set), &set));
	SHOW(count());
	SHOW(sched_getcpu());
	run_child("child", child, NULL);
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, thread_body, NULL));
	MUST(-pthread_join(thread, NULL));
	CPU_ZERO(&set);
	CALL(sched_setaffinity(0, sizeof(set), &set));
	CPU_SET(700, &set);
	CALL(sched_setaffinity(0, sizeof(set), &set));
	CPU_SET(0, &set);
	CALL(sched_setaffinity(0, sizeof(set), &set));
	SHOW(count());
	CALL(sched_setaffinity(4000000, sizeof(set), &set));
	CALL(syscall(SYS_sched_getaffinity, 0, 4L, words));
	CALL(syscall(SYS_sched_getaffinity, 0, 12L, words));
	IS(syscall(SYS_sched_getaffinity, 0, sizeof(words), words) >= 8);
	SHOW(words[0]);
	CALL(syscall(SYS_sched_getaffinity, 0, 128L, 8L));
	CALL(syscall(SYS_sched_setaffinity, 0, 128L, 8L));
	return 0;
}
