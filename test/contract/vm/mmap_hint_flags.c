/* SPDX-License-Identifier: MIT
 *
 * mmap(2): hints. A free hint address is honoured, a used one is not, MAP_STACK, MAP_NORESERVE, MAP_POPULATE and
 * MAP_LOCKED work, and MAP_GROWSDOWN grows below its start when the page under it is touched.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static void grows_down(void)
{
	char *room = mmap(NULL, 1024 * PAGE, PROT_NONE, ANON, -1, 0);
	MUST((long)room);
	MUST(munmap(room, 1024 * PAGE));
	char *base = mmap(room + 1000 * PAGE, PAGE, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	IS(base == room + 1000 * PAGE);
	base[0] = 1;
	for (int i = 1; i <= 8; i++)
		((volatile char *)base)[-i * PAGE] = (char)i;
	SHOW(base[-8 * PAGE] * 10 + base[-PAGE]);
}

int main(void)
{
	char *free_place = mmap(NULL, 16 * PAGE, RW, ANON, -1, 0);
	MUST(munmap(free_place, 16 * PAGE));
	IS(mmap(free_place + 4 * PAGE, PAGE, RW, ANON, -1, 0) == free_place + 4 * PAGE);
	IS(mmap(free_place + 4 * PAGE, PAGE, RW, ANON, -1, 0) != free_place + 4 * PAGE);
	IS(mmap(free_place + 9 * PAGE + 5, PAGE, RW, ANON, -1, 0) == free_place + 9 * PAGE);
	char *stack = mmap(NULL, 4 * PAGE, RW, ANON | MAP_STACK, -1, 0);
	IS(stack != MAP_FAILED);
	stack[0] = 1;
	char *lazy = mmap(NULL, 1L << 30, RW, ANON | MAP_NORESERVE, -1, 0);
	IS(lazy != MAP_FAILED);
	lazy[(1L << 30) - 1] = 1;
	SHOW(lazy[(1L << 30) - 1]);
	char *eager = mmap(NULL, 4 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
	unsigned char resident[4];
	CALL(mincore(eager, 4 * PAGE, resident));
	SHOW((resident[0] & 1) + (resident[1] & 1) + (resident[2] & 1) + (resident[3] & 1));
	char *locked = mmap(NULL, 4 * PAGE, RW, ANON | MAP_LOCKED, -1, 0);
	CALL(mincore(locked, 4 * PAGE, resident));
	SHOW((resident[0] & 1) + (resident[1] & 1) + (resident[2] & 1) + (resident[3] & 1));
	grows_down();
	return 0;
}
