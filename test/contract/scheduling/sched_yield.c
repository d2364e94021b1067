/* SPDX-License-Identifier: MIT
 *
 * sched_yield(2): returns 0; two SCHED_FIFO processes of one priority on one CPU take turns by it strictly, and a
 * yield of the only process returns at once.
 */
#include "contract.h"

enum { TURNS = 6 };

static char *log_text;
static volatile int *used;

static int player(void *mark)
{
	for (int i = 0; i < TURNS; i++) {
		log_text[(*used)++] = *(const char *)mark;
		MUST(sched_yield());
	}
	return 0;
}

int main(void)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	MUST(sched_setaffinity(0, sizeof(set), &set));
	log_text = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	used = (volatile int *)(log_text + 2048);
	int failed = 0;
	for (int i = 0; i < 1000; i++)
		failed += sched_yield() != 0;
	SHOW(failed);
	struct sched_param priority = { .sched_priority = 10 };
	CALL(syscall(SYS_sched_setscheduler, 0, 1, &priority));
	pid_t one = start(player, "a"), two = start(player, "b");
	SHOW(*used);
	reap("one", one);
	reap("two", two);
	TEXT(log_text);
	return 0;
}
