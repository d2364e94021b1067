/* SPDX-License-Identifier: MIT
 *
 * mmap(2): a 4 MiB anonymous mapping keeps each page apart (every page gets its own number and all are read
 * back), is page aligned, survives mprotect of its middle and can be taken away in the middle.
 */
#include "contract.h"

enum { PAGE = 4096, PAGES = 1024 };

static int wrong_pages(const char *base, int first, int end)
{
	int wrong = 0;
	for (int i = first; i < end; i++)
		wrong += *(const int *)(base + (size_t)i * PAGE + 8) != i * 7 + 1;
	return wrong;
}

int main(void)
{
	size_t size = (size_t)PAGES * PAGE;
	char *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	IS(base != MAP_FAILED);
	IS(((unsigned long)base & (PAGE - 1)) == 0);
	int dirty = 0;
	for (size_t i = 0; i < size; i += 512)
		dirty += base[i] != 0;
	SHOW(dirty);
	for (int i = 0; i < PAGES; i++)
		*(int *)(base + (size_t)i * PAGE + 8) = i * 7 + 1;
	SHOW(wrong_pages(base, 0, PAGES));
	CALL(mprotect(base + size / 2, PAGE, PROT_READ));
	SHOW(wrong_pages(base, 0, PAGES));
	CALL(munmap(base + size / 2 - PAGE, 3 * PAGE));
	SHOW(wrong_pages(base, 0, PAGES / 2 - 1));
	SHOW(wrong_pages(base, PAGES / 2 + 2, PAGES));
	CALL(munmap(base, size));
	CALL(msync(base, PAGE, MS_ASYNC));
	IS(mmap(NULL, 1UL << 47, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
	   errno == ENOMEM);
	return 0;
}
