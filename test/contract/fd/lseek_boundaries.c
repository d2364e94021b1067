/* SPDX-License-Identifier: MIT
 *
 * lseek(2): set, current, end, beyond the end (a write leaves a hole of zeros), SEEK_DATA and SEEK_HOLE, before the
 * start EINVAL, pipes ESPIPE, devices.
 */
#include "contract.h"

int main(void)
{
	write_file("file", "0123456789");
	int fd = (int)MUST(open("file", O_RDWR)), ends[2];
	char byte = 0;
	CALL(lseek(fd, 3, SEEK_SET));
	CALL(lseek(fd, 4, SEEK_CUR));
	MUST(read(fd, &byte, 1));
	say("read %c\n", byte);
	CALL(lseek(fd, -2, SEEK_END));
	CALL(lseek(fd, -100, SEEK_CUR));
	CALL(lseek(fd, 0, SEEK_CUR));
	CALL(lseek(fd, 5, SEEK_END));
	CALL(read(fd, &byte, 1));
	CALL(write(fd, "X", 1));
	char text[32];
	show_bytes("file", text, pread(fd, text, sizeof(text), 0));
	CALL(lseek(fd, -1, SEEK_SET));
	CALL(lseek(fd, 0x7fffffffffffffff, SEEK_SET));
	CALL(lseek(fd, 1, SEEK_CUR));
	CALL(lseek(fd, 0, 99));
	MUST(ftruncate(fd, 0));
	MUST(pwrite(fd, "d", 1, 8192));
	MUST(ftruncate(fd, 20000));
	CALL(lseek(fd, 0, SEEK_DATA));
	CALL(lseek(fd, 8192, SEEK_DATA));
	CALL(lseek(fd, 0, SEEK_HOLE));
	CALL(lseek(fd, 8192, SEEK_HOLE));
	CALL(lseek(fd, 12288, SEEK_DATA));
	CALL(lseek(fd, 20000, SEEK_HOLE));
	MUST(pipe(ends));
	CALL(lseek(ends[0], 0, SEEK_CUR));
	CALL(lseek(99, 0, SEEK_CUR));
	int null = (int)MUST(open("/dev/null", O_RDWR)), zero = (int)MUST(open("/dev/zero", O_RDWR));
	CALL(lseek(null, 100, SEEK_SET));
	CALL(lseek(zero, 100, SEEK_SET));
	int directory = (int)MUST(open(".", O_RDONLY));
	CALL(lseek(directory, 0, SEEK_SET));
	return 0;
}
