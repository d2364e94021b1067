/* SPDX-License-Identifier: MIT
 *
 * mmap, munmap, mprotect and brk on anonymous memory, called raw: places that follow from each other, rounding, errors and
 * what they leave behind, and what lies between regions.
 */
#include "../contract.h"

#define PAGE 4096l
#define BIG (64l << 20)

static long map(long length, int prot, int flags)
{
	return syscall(SYS_mmap, 0l, length, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0l);
}

static long unmap(long address, long length)
{
	return syscall(SYS_munmap, address, length);
}

static long protect(long address, long length, long prot)
{
	return syscall(SYS_mprotect, address, length, prot);
}

static void places(void)
{
	long first = map(BIG, PROT_READ | PROT_WRITE, 0),
	     second = map(BIG, PROT_NONE, MAP_NORESERVE | MAP_STACK);
	IS(second == first - BIG);
	long third = map(BIG - 1, PROT_READ, 0);
	IS(third == second - BIG);
	CALL(unmap(second, BIG - 5));
	IS(map(BIG, PROT_READ, MAP_STACK) == second);
	CALL(unmap(first + 4 * PAGE, 1));
	IS(map(1, PROT_READ, 0) != 0);
	CALL(unmap(third, 3 * BIG));
	CALL(unmap(third, 3 * BIG));
}

static void errors(void)
{
	long place = map(8 * PAGE, PROT_READ | PROT_WRITE, 0);
	DOES(map(0, PROT_READ, 0));
	DOES(map(-1, PROT_READ, 0));
	DOES(map(1l << 47, PROT_READ, 0));
	DOES(syscall(SYS_mmap, 0l, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 1l));
	DOES(syscall(SYS_mmap, 0, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
	CALL(unmap(place + 1, PAGE));
	CALL(unmap(place, 0));
	CALL(unmap(place, -PAGE));
	CALL(unmap(-PAGE, PAGE));
	CALL(protect(place + 1, PAGE, PROT_READ));
	CALL(protect(place, 0, PROT_READ));
	CALL(protect(place, PAGE, 0x40));
	CALL(protect(place, PAGE, 1l << 40));
	CALL(protect(place, -PAGE, PROT_READ));
	MUST(unmap(place + 4 * PAGE, PAGE));
	CALL(protect(place, 8 * PAGE, PROT_READ));
	CALL(syscall(SYS_read, 0, place, 1));
	*(volatile char *)(place + 6 * PAGE) = 1;
	CALL(protect(place, 4 * PAGE, PROT_READ | PROT_WRITE));
	*(volatile char *)place = 1;
}

static void moves_of_the_break(void)
{
	long start = syscall(SYS_brk, 0);
	IS(syscall(SYS_brk, 1) == start);
	IS(syscall(SYS_brk, -1l) == start);
	IS(syscall(SYS_brk, start + 5) == start + 5);
	IS(syscall(SYS_brk, start + 3 * PAGE) == start + 3 * PAGE);
	char *page = (char *)((start + PAGE) & -PAGE);
	page[0] = 1;
	IS(syscall(SYS_brk, (long)page + PAGE) == (long)page + PAGE);
	IS(page[0] == 1);
	IS(syscall(SYS_brk, (long)page) == (long)page);
	IS(syscall(SYS_brk, (long)page + PAGE) == (long)page + PAGE);
	IS(page[0] == 0);
	void *wall = mmap(page + 4 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	IS(wall == page + 4 * PAGE);
	IS(syscall(SYS_brk, (long)page + 8 * PAGE) == (long)page + PAGE);
	IS(syscall(SYS_brk, start) == start);
}

static int with_limit(void *unused)
{
	(void)unused;
	long start = syscall(SYS_brk, 0);
	const uint64_t limit[2] = { 1 << 20, 1 << 20 };
	MUST(syscall(SYS_prlimit64, 0, 2, limit, NULL));
	IS(syscall(SYS_brk, start + (4 << 20)) == start);
	DOES(map(4 << 20, PROT_READ | PROT_WRITE, 0));
	DOES(map(4 << 20, PROT_READ, 0));
	IS(syscall(SYS_brk, start + 100) == start + 100);
	return 0;
}

int main(void)
{
	places();
	errors();
	moves_of_the_break();
	run_child("limit", with_limit, NULL);
	return 0;
}
