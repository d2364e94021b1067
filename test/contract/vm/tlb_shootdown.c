/* SPDX-License-Identifier: MIT
 *
 * mprotect(2), munmap(2): a change of rights reaches a second thread that uses the page at that moment. The other
 * thread stores without pause; after PROT_NONE returned no store lands any more, and after restoring the data is
 * as at that instant. A page unmapped and mapped anew never shows the old contents.
 */
#include "contract.h"

#include <pthread.h>

enum { PAGE = 4096, ROUNDS = 40 };

static volatile unsigned long *page;
static volatile int stop, faults;

static void on_fault(int signal_number)
{
	(void)signal_number;
	faults++;
	sched_yield();
}

static void *storer(void *unused)
{
	for (unsigned long i = 1; !stop; i++)
		page[0] = i;
	return unused;
}

int main(void)
{
	void *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	MUST((long)map);
	page = map;
	catch_signal(SIGSEGV, on_fault, 0);
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, storer, NULL));
	int changed = 0;
	for (int i = 0; i < ROUNDS || (faults == 0 && i < 50 * ROUNDS); i++) {
		sleep_ms(2);
		MUST(mprotect(map, PAGE, PROT_READ));
		unsigned long seen = page[0];
		sleep_ms(2);
		changed += page[0] != seen;
		MUST(mprotect(map, PAGE, PROT_READ | PROT_WRITE));
	}
	stop = 1;
	MUST(-pthread_join(thread, NULL));
	SHOW(changed);
	IS(faults > 0);
	int stale = 0;
	for (int i = 0; i < ROUNDS; i++) {
		char *fresh = mmap(map, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
				   -1, 0);
		stale += fresh[0] != 0;
		fresh[0] = 1;
	}
	SHOW(stale);
	return 0;
}
