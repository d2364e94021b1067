/* SPDX-License-Identifier: MIT
 *
 * mmap(2), mincore(2): anonymous pages read as zero and come into being only when touched. A 1 MiB mapping has
 * no resident page at first; each write makes its own page resident and no other.
 */
#include "contract.h"

#include <sys/resource.h>

enum { SIZE = 1 << 20, PAGES = SIZE / 4096 };

static int resident(char *base)
{
	static unsigned char map[PAGES];
	MUST(mincore(base, SIZE, map));
	int count = 0;
	for (int i = 0; i < PAGES; i++)
		count += map[i] & 1;
	return count;
}

static long minor_faults(void)
{
	struct rusage usage;
	MUST(getrusage(RUSAGE_SELF, &usage));
	return usage.ru_minflt;
}

int main(void)
{
	char *base = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST((long)base);
	MUST(madvise(base, SIZE, MADV_NOHUGEPAGE));
	SHOW(resident(base));
	long before = minor_faults();
	base[0] = 1;
	base[SIZE / 2] = 2;
	base[SIZE - 1] = 3;
	IS(minor_faults() - before >= 3);
	SHOW(resident(base));
	long sum = 0;
	for (int i = 0; i < SIZE; i++)
		sum += base[i];
	SHOW(sum);
	SHOW(base[0] * 100 + base[SIZE / 2] * 10 + base[SIZE - 1]);
	SHOW(resident(base));
	CALL(madvise(base + 4096, 4096, MADV_DONTNEED));
	SHOW(resident(base));
	CALL(mincore(base + 1, 4096, (unsigned char *)base));
	CALL(mincore(base, 4096, NULL));
	CALL(munmap(base, SIZE));
	CALL(mincore(base, 4096, (unsigned char[1]){ 0 }));
	return 0;
}
