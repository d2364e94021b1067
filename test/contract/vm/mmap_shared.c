/* SPDX-License-Identifier: MIT
 *
 * mmap(2): shared anonymous memory passes values between parent, child and grandchild both ways; a shared file
 * mapping and read and write on the file see one another at once, in every process.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

static volatile int *cells;
static char *file_map;

static int grandchild(void *unused)
{
	(void)unused;
	say("grandchild sees %d %d\n", cells[0], cells[1]);
	cells[2] = 3;
	file_map[3] = 'G';
	return 0;
}

static int child(void *unused)
{
	say("child sees %d\n", cells[0]);
	cells[1] = 2;
	run_child("grandchild", grandchild, unused);
	memcpy(file_map, "CHI", 3);
	return 0;
}

int main(void)
{
	cells = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	write_file("file", "0123456789");
	int fd = (int)MUST(open("file", O_RDWR));
	file_map = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
	MUST((long)cells);
	MUST((long)file_map);
	cells[0] = 1;
	run_child("child", child, NULL);
	say("parent sees %d %d %d\n", cells[0], cells[1], cells[2]);
	char text[32];
	show_bytes("file by read", text, read(fd, text, sizeof(text)));
	CALL(pwrite(fd, "ww", 2, 6));
	show_bytes("file by mapping", file_map, 10);
	file_map[11] = 'Z';
	CALL(ftruncate(fd, 4));
	CALL(ftruncate(fd, 12));
	show_bytes("after truncation", file_map, 12);
	CALL(msync(file_map, PAGE, MS_SYNC));
	CALL(msync(file_map + 1, PAGE, MS_SYNC));
	CALL(msync(file_map, PAGE, MS_SYNC | MS_ASYNC));
	CALL(munmap(file_map, PAGE));
	return 0;
}
