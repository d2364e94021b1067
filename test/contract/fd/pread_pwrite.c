/* SPDX-License-Identifier: MIT
 *
 * pread(2), pwrite(2): the position stays, writes beyond the end leave zeros, O_APPEND appends whatever the offset
 * (a Linux bug that the page admits), pipes ESPIPE, negative offsets EINVAL.
 */
#include "contract.h"

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	char text[32];
	CALL(write(fd, "0123456789", 10));
	CALL(lseek(fd, 2, SEEK_SET));
	CALL(pwrite(fd, "AB", 2, 5));
	show_bytes("pread", text, pread(fd, text, 4, 4));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(pwrite(fd, "Z", 1, 14));
	show_bytes("all", text, pread(fd, text, sizeof(text), 0));
	CALL(pread(fd, text, 5, 15));
	CALL(pread(fd, text, 5, 14));
	CALL(pread(fd, text, 5, -1));
	CALL(pwrite(fd, text, 5, -1));
	CALL(pread(fd, (char *)8, 5, 0));
	CALL(pwrite(fd, (char *)8, 5, 0));
	CALL(pwrite(fd, (char *)8, 0, 0));
	MUST(pipe(ends));
	CALL(pread(ends[0], text, 1, 0));
	CALL(pwrite(ends[1], text, 1, 0));
	int append = (int)MUST(open("file", O_RDWR | O_APPEND));
	CALL(pwrite(append, "end", 3, 0));
	show_bytes("all", text, pread(fd, text, sizeof(text), 0));
	int reader = (int)MUST(open("file", O_RDONLY)), writer = (int)MUST(open("file", O_WRONLY));
	CALL(pwrite(reader, "x", 1, 0));
	CALL(pread(writer, text, 1, 0));
	CALL(pread(99, text, 1, 0));
	int directory = (int)MUST(open(".", O_RDONLY));
	CALL(pread(directory, text, 1, 0));
	return 0;
}
