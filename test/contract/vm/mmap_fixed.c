/* SPDX-License-Identifier: MIT
 *
 * mmap(2): MAP_FIXED gives exactly the address, replaces whole and partial mappings of any kind under it, and
 * leaves their remainders with the right file offsets.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	for (int i = 0; i < 5; i++) {
		char mark[2] = { (char)('0' + i), 0 };
		MUST(pwrite(fd, mark, 1, (off_t)i * PAGE));
	}
	MUST(ftruncate(fd, 5 * PAGE));
	char *base = mmap(NULL, 5 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST((long)base);
	memset(base, 'a', 5 * PAGE);
	IS(mmap(base, 5 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0) == base);
	say("file: %c %c %c %c %c\n", base[0], base[PAGE], base[2 * PAGE], base[3 * PAGE], base[4 * PAGE]);
	IS(mmap(base + 2 * PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) ==
	   base + 2 * PAGE);
	SHOW(base[2 * PAGE]);
	base[2 * PAGE] = 'x';
	base[3 * PAGE] = 'S';
	say("around the hole: %c %c %c %c %c\n", base[0], base[PAGE], base[2 * PAGE], base[3 * PAGE],
	    base[4 * PAGE]);
	char back;
	MUST(pread(fd, &back, 1, 3 * PAGE));
	say("file page 3: %c\n", back);
	MUST(pread(fd, &back, 1, 2 * PAGE));
	say("file page 2: %c\n", back);
	IS(mmap(base + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 4 * PAGE) == base + PAGE);
	say("page 4 at page 1: %c\n", base[PAGE]);
	CALL(mprotect(base + 3 * PAGE, 2 * PAGE, PROT_READ));
	say("after mprotect: %c %c\n", base[3 * PAGE], base[4 * PAGE]);
	CALL(munmap(base, 5 * PAGE));
	return 0;
}
