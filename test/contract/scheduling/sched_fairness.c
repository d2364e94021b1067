/* SPDX-License-Identifier: MIT
 *
 * sched(7): four computing processes of equal nice on one CPU all get on: in two seconds none gets less than a
 * third of the best, and a process that mostly sleeps is woken promptly among them. Statuses are kept apart.
 */
#include "contract.h"

enum { RUNNERS = 4 };

static volatile long *work;

static int compute(void *slot)
{
	volatile long *count = slot;
	while (!work[RUNNERS * 64])
		(*count)++;
	return (int)((count - work) / 64) + 10;
}

int main(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST((long)map);
	work = map;
	pid_t runners[RUNNERS];
	for (int i = 0; i < RUNNERS; i++)
		runners[i] = start(compute, (void *)&work[i * 64]);
	long worst = 0, end = now_ms() + 2000;
	while (now_ms() < end) {
		long before = now_ms();
		sleep_ms(20);
		long late = now_ms() - before - 20;
		worst = late > worst ? late : worst;
	}
	long least = work[0], most = work[0];
	for (int i = 1; i < RUNNERS; i++) {
		least = work[i * 64] < least ? work[i * 64] : least;
		most = work[i * 64] > most ? work[i * 64] : most;
	}
	work[RUNNERS * 64] = 1;
	for (int i = 0; i < RUNNERS; i++)
		reap("runner", runners[i]);
	IS(least > 0);
	IS(least * 3 > most);
	IS(worst < 1500);
	return 0;
}
