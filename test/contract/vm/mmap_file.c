/* SPDX-License-Identifier: MIT
 *
 * mmap(2): a private read-only mapping of a file of one page shows its bytes, follows later writes to the file,
 * outlives the descriptor and the name, and obeys the descriptor's access mode.
 */
#include "contract.h"

enum { PAGE = 4096 };

int main(void)
{
	char text[PAGE + 1];
	for (int i = 0; i < PAGE; i++)
		text[i] = (char)('a' + i % 26);
	text[PAGE] = 0;
	write_file("file", text);
	int fd = (int)MUST(open("file", O_RDONLY));
	char *map = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	MUST((long)map);
	SHOW(memcmp(map, text, PAGE));
	int writer = (int)MUST(open("file", O_WRONLY));
	MUST(pwrite(writer, "CHANGED", 7, 100));
	show_bytes("after pwrite", map + 98, 11);
	DOES(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
	DOES(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writer, 0));
	DOES(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	DOES(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
	IS(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, fd, 100) == MAP_FAILED && errno == EINVAL);
	int pipe_ends[2];
	MUST(pipe(pipe_ends));
	DOES(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, pipe_ends[0], 0));
	int directory = (int)MUST(open(".", O_RDONLY));
	DOES(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, directory, 0));
	CALL(mprotect(map, PAGE, PROT_READ | PROT_WRITE));
	CALL(close(fd));
	CALL(unlink("file"));
	show_bytes("after unlink", map + 98, 11);
	map[0] = 'Z';
	char first = 0;
	MUST(lseek(writer, 0, SEEK_END));
	CALL(pread(writer, &first, 1, 0));
	CALL(munmap(map, PAGE));
	return 0;
}
