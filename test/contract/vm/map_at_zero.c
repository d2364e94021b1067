/* SPDX-License-Identifier: MIT
 *
 * Page 0 is a place like others for who may use it: mappings there that are filled at once, which takes a while, are made once,
 * and so it is when locked memory there grows.
 */
#include "contract.h"

#define PAGE 4096ul
#define BYTES (256 * PAGE)

static void *const zero = NULL;

static void *map(int flags)
{
	return mmap(zero, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | flags,
		    -1, 0);
}

static void show_resident(unsigned long bytes)
{
	unsigned char pages[2 * BYTES / PAGE];
	long resident = 0;
	CALL(mincore(zero, bytes, pages));
	for (unsigned long i = 0; i < bytes / PAGE; i++)
		resident += pages[i] & 1;
	SHOW(resident);
}

int main(void)
{
	IS(map(MAP_FIXED_NOREPLACE) == zero);
	show_resident(BYTES);
	IS(map(MAP_FIXED_NOREPLACE) == MAP_FAILED && errno == EEXIST);
	IS(map(MAP_FIXED) == zero);
	show_resident(BYTES);
	CALL(mlock(zero, BYTES));
	IS(mremap(zero, BYTES, 2 * BYTES, 0) == zero);
	show_resident(2 * BYTES);
	CALL(munmap(zero, 2 * BYTES));
	return 0;
}
