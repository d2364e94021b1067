/* SPDX-License-Identifier: MIT
 *
 * Reads, writes and mappings of one file show one content: shared and private mappings, holes, the end's page, a buffer that is
 * a mapping of the file itself, a buffer never touched before.
 */
#include "contract.h"

#define BYTES 40000

int main(void)
{
	static char untouched[3 * 4096], big[300000];
	char bytes[16];
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	MUST(pwrite(fd, "first", 5, 0));
	MUST(pwrite(fd, "last", 4, BYTES - 4));
	char *shared = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	char *private = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	IS(shared != MAP_FAILED && private != MAP_FAILED);
	show_bytes("shared", shared, 5);
	show_bytes("hole", shared + 20000, 4);
	MUST(pwrite(fd, "middle", 6, 19998));
	show_bytes("shared behind write", shared + 19998, 6);
	show_bytes("private behind write", private + 19998, 6);
	memcpy(shared + 8190, "across", 6);
	CALL(pread(fd, bytes, 6, 8190));
	show_bytes("read behind store", bytes, 6);
	private[19998] = 'M';
	MUST(pwrite(fd, "MIDDLE", 6, 19998));
	show_bytes("private copy", private + 19998, 6);
	show_bytes("shared", shared + 19998, 6);
	CALL(pwrite(fd, shared + 8190, 6, 100));
	CALL(pread(fd, shared + 200, 6, 100));
	show_bytes("through itself", shared + 200, 6);
	CALL(pread(fd, private + 300, 6, 100));
	show_bytes("to private", private + 300, 6);
	CALL(pread(fd, untouched, sizeof(untouched), BYTES - 4));
	show_bytes("untouched", untouched, 8);
	CALL(pread(fd, untouched + 4090, 4096, 8190));
	show_bytes("across untouched", untouched + 4090, 6);
	CALL(pread(fd, big, sizeof(big), 0));
	memset(big, 'b', sizeof(big));
	CALL(pwrite(fd, big, sizeof(big), 10));
	show_bytes("shared behind large write", shared + 8, 6);
	CALL(pread(fd, big, sizeof(big), 100));
	SHOW(lseek(fd, 0, SEEK_END));
	char *guard = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(munmap(guard + 4096, 4096));
	CALL(pread(fd, guard + 4093, 8, 0));
	show_bytes("as far as it goes", guard + 4093, 3);
	memcpy(guard + 4093, "cut", 3);
	CALL(pwrite(fd, guard + 4093, 8, 0));
	show_bytes("written as far", shared, 5);
	MUST(mprotect(guard, 4096, PROT_READ));
	CALL(pread(fd, guard, 8, 0));
	CALL(pwrite(fd, guard + 4093, 3, 1));
	show_bytes("from read-only", shared, 5);
	return 0;
}
