/* SPDX-License-Identifier: MIT
 *
 * mmap(2): anonymous memory is zero, MAP_FIXED over dirty pages gives fresh zeros at the same address, and wrong
 * arguments are refused with the errors that the page lists.
 */
#include "contract.h"

enum { RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static long sum(const unsigned char *p, int length)
{
	long total = 0;
	for (int i = 0; i < length; i++)
		total += p[i];
	return total;
}

int main(void)
{
	unsigned char *base = mmap(NULL, 8192, RW, ANON, -1, 0);
	MUST((long)base);
	SHOW(sum(base, 8192));
	memset(base, 1, 8192);
	SHOW(sum(base, 8192));
	IS(mmap(base + 4096, 4096, RW, ANON | MAP_FIXED, -1, 0) == base + 4096);
	SHOW(sum(base, 8192));
	IS(mmap(base, 8192, PROT_READ, ANON | MAP_FIXED, -1, 0) == base);
	SHOW(sum(base, 8192));
	DOES(mmap(NULL, 0, RW, ANON, -1, 0));
	DOES(mmap(NULL, 4096, RW, MAP_ANONYMOUS, -1, 0));
	DOES(mmap(NULL, 4096, RW, MAP_PRIVATE, -1, 0));
	DOES(mmap(base + 1, 4096, RW, ANON | MAP_FIXED, -1, 0));
	DOES(syscall(SYS_mmap, NULL, 4096L, RW, ANON, -1L, 1L));
	DOES(mmap(NULL, ~0UL, RW, ANON, -1, 0));
	DOES(mmap((void *)0xffff800000000000, 4096, RW, ANON | MAP_FIXED, -1, 0));
	DOES(mmap(NULL, 4096, RW, ANON | MAP_FIXED_NOREPLACE, 1234, 0));
	IS(mmap(base, 4096, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED && errno == EEXIST);
	IS(mmap(base + 123, 4096, RW, ANON, -1, 0) != MAP_FAILED);
	return 0;
}
