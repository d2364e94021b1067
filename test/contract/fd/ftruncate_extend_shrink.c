/* SPDX-License-Identifier: MIT
 *
 * ftruncate(2), truncate(2): shrinking loses the tail for good, extending gives zeros, offsets stay, the times
 * change, a mapping follows; errors of modes, kinds and lengths.
 */
#include "contract.h"

static void contents(int fd)
{
	char text[64];
	struct stat status;
	MUST(fstat(fd, &status));
	show_bytes("contents", text, pread(fd, text, sizeof(text), 0));
	say("size %ld\n", (long)status.st_size);
}

int main(void)
{
	write_file("file", "0123456789");
	int fd = (int)MUST(open("file", O_RDWR)), ends[2];
	MUST(lseek(fd, 8, SEEK_SET));
	CALL(ftruncate(fd, 5));
	contents(fd);
	CALL(ftruncate(fd, 20));
	contents(fd);
	SHOW(lseek(fd, 0, SEEK_CUR));
	CALL(write(fd, "W", 1));
	contents(fd);
	char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	CALL(truncate("file", 2));
	show_bytes("map", map, 12);
	CALL(truncate("file", 5000));
	SHOW(map[2] | map[100] | map[4095]);
	struct timespec old[2] = { { 1000, 0 }, { 1000, 0 } };
	struct stat status;
	MUST(futimens(fd, old));
	CALL(ftruncate(fd, 5000));
	MUST(fstat(fd, &status));
	IS(status.st_mtim.tv_sec > 1000);
	CALL(ftruncate(fd, -1));
	CALL(ftruncate((int)MUST(open("file", O_RDONLY)), 1));
	MUST(pipe(ends));
	CALL(ftruncate(ends[1], 1));
	CALL(ftruncate((int)MUST(open("/dev/null", O_RDWR)), 0));
	CALL(truncate(".", 1));
	CALL(truncate("none", 1));
	CALL(truncate("file/x", 1));
	CALL(ftruncate(99, 1));
	CALL(ftruncate(fd, 0x7fffffffffffffff));
	MUST(ftruncate(fd, 3));
	contents(fd);
	return 0;
}
