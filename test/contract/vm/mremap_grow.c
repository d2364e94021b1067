/* SPDX-License-Identifier: MIT
 *
 * mremap(2): growing with MREMAP_MAYMOVE keeps the data and adds zero pages, also for shared and file mappings;
 * shrinking unmaps the tail; growing in place fails with ENOMEM when something is in the way.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static void file_mapping(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	MUST(pwrite(fd, "first", 5, 0));
	MUST(pwrite(fd, "second", 6, PAGE));
	char *map = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	char *grown = mremap(map, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
	IS(grown != MAP_FAILED);
	TEXT(grown);
	TEXT(grown + PAGE);
	memcpy(grown + PAGE, "SECOND", 6);
	char text[6];
	show_bytes("file", text, pread(fd, text, 6, PAGE));
}

int main(void)
{
	char *base = mmap(NULL, 3 * PAGE, RW, ANON, -1, 0);
	MUST((long)base);
	memset(base, 'a', 3 * PAGE);
	DOES(mremap(base, PAGE, 2 * PAGE, 0));
	IS(mremap(base + PAGE, 2 * PAGE, PAGE, 0) == base + PAGE);
	IS(msync(base + 2 * PAGE, PAGE, MS_ASYNC) == -1 && errno == ENOMEM);
	IS(mremap(base + PAGE, PAGE, 2 * PAGE, 0) == base + PAGE);
	SHOW(base[PAGE] * 1000 + base[2 * PAGE]);
	char *moved = mremap(base, PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	IS(moved != MAP_FAILED && moved != base);
	SHOW(moved[PAGE - 1] * 1000 + moved[PAGE] + moved[4 * PAGE - 1]);
	IS(msync(base, PAGE, MS_ASYNC) == -1 && errno == ENOMEM);
	SHOW(base[PAGE]);
	memset(moved, 'b', 4 * PAGE);
	IS(mremap(moved, 4 * PAGE, PAGE, MREMAP_MAYMOVE) == moved);
	SHOW(moved[PAGE - 1]);
	file_mapping();
	return 0;
}
