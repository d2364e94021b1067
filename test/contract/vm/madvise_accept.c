/* SPDX-License-Identifier: MIT
 *
 * madvise(2): hints leave the contents alone, DONTNEED drops anonymous pages to zero and a private file page back
 * to the file, unaligned and unknown requests are EINVAL, a hole is ENOMEM after the rest was done.
 */
#include "contract.h"

enum { PAGE = 4096 };

static void file_page(void)
{
	write_file("file", "from the file");
	int fd = (int)MUST(open("file", O_RDWR));
	char *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	MUST((long)map);
	memcpy(map, "private", 7);
	TEXT(map);
	CALL(madvise(map, PAGE, MADV_DONTNEED));
	TEXT(map);
}

int main(void)
{
	char *base = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST((long)base);
	memset(base, 7, 4 * PAGE);
	CALL(madvise(base, 4 * PAGE, MADV_NORMAL));
	CALL(madvise(base, 4 * PAGE, MADV_SEQUENTIAL));
	CALL(madvise(base, 4 * PAGE, MADV_RANDOM));
	CALL(madvise(base, 4 * PAGE, MADV_WILLNEED));
	SHOW(base[0] + base[4 * PAGE - 1]);
	CALL(madvise(base + PAGE, PAGE, MADV_DONTNEED));
	say("pages: %d %d %d %d\n", base[0], base[PAGE], base[2 * PAGE], base[3 * PAGE]);
	CALL(madvise(base + 1, PAGE, MADV_DONTNEED));
	CALL(madvise(base, 0, MADV_DONTNEED));
	CALL(madvise(base, 1, MADV_DONTNEED));
	say("pages: %d %d\n", base[0], base[2 * PAGE]);
	CALL(madvise(base, PAGE, 9999));
	MUST(munmap(base + PAGE, PAGE));
	CALL(madvise(base, 4 * PAGE, MADV_DONTNEED));
	say("pages: %d %d\n", base[2 * PAGE], base[3 * PAGE]);
	CALL(madvise(base, ~0UL - PAGE + 1, MADV_NORMAL));
	file_page();
	return 0;
}
