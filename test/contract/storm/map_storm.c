/* SPDX-License-Identifier: MIT
 *
 * Threads map, protect, write and unmap memory and move the break up and down, while the process forks: no page is lost or
 * shared by mistake, and a child finds exactly what its parent had.
 */
#include "../contract.h"

#include <pthread.h>
#include <sys/mman.h>

#define THREADS 3
#define PAGES 6

static volatile int finished, faults;
static long rounds = 60;

static void check(bool good)
{
	if (!good)
		__atomic_fetch_add(&faults, 1, __ATOMIC_SEQ_CST);
}

static void *mapper(void *slot)
{
	uint64_t mark = (uint64_t)(uintptr_t)slot + 1;
	for (unsigned round = 0; !finished; round++) {
		uint64_t length = (1 + round % PAGES) * 4096;
		uint64_t *place = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(place != MAP_FAILED && !mprotect(place, length, PROT_READ | PROT_WRITE));
		for (uint64_t i = 0; i < length / 8; i += 512) {
			check(place[i] == 0);
			place[i] = mark << 32 | round;
		}
		check(!mprotect(place, 4096, PROT_READ));
		for (uint64_t i = 0; i < length / 8; i += 512)
			check(place[i] == (mark << 32 | round));
		check(!munmap(place, length));
	}
	return NULL;
}

static void *breaker(void *start_of_break)
{
	char *start = start_of_break;
	for (unsigned round = 0; !finished; round++) {
		char *end = start + (1 + round % PAGES) * 4096;
		check(syscall(SYS_brk, end) == (long)end);
		check(end[-1] == 0 && start[0] == 0);
		end[-1] = start[0] = 7;
		check(syscall(SYS_brk, 0) == (long)end);
		check(syscall(SYS_brk, start) == (long)start);
	}
	return NULL;
}

static int child_checks(void *shared)
{
	volatile uint64_t *words = shared;
	for (int i = 0; i < PAGES; i++)
		if (words[i * 512] != 1000u + (unsigned)i)
			return 1;
	void *place = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (place == MAP_FAILED || mprotect(place, 4096, PROT_READ) || munmap(place, 8192))
		return 2;
	words[0] = 5;
	return 0;
}

int main(int count, char **arguments)
{
	pthread_t threads[THREADS];
	int failed = 0;
	if (count > 1)
		rounds = atol(arguments[1]);
	uint64_t *words = mmap(NULL, PAGES * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			       0);
	for (int i = 0; i < PAGES; i++)
		words[i * 512] = 1000u + (unsigned)i;
	char *start_of_break = (char *)((syscall(SYS_brk, 0) + 4095) & ~4095l);
	MUST(syscall(SYS_brk, start_of_break) == (long)start_of_break ? 0 : -1);
	for (int i = 0; i < THREADS - 1; i++)
		MUST(-pthread_create(&threads[i], NULL, mapper, (void *)(uintptr_t)i));
	MUST(-pthread_create(&threads[THREADS - 1], NULL, breaker, start_of_break));
	for (long round = 0; round < rounds; round++) {
		int status;
		pid_t child = start(child_checks, words);
		waitpid(child, &status, 0);
		failed += status != 0;
		MUST(mprotect(words, 4096, PROT_READ));
		MUST(mprotect(words, 4096, PROT_READ | PROT_WRITE));
		words[0] = 1000;
	}
	finished = 1;
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	SHOW(failed);
	SHOW(faults);
	return 0;
}
