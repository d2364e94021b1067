/* SPDX-License-Identifier: MIT
 *
 * mmap(2): two private mappings of one file: a write to one is seen neither in the other, nor in the file, nor
 * in a child's copy; a system call that writes into a private page copies it too.
 */
#include "contract.h"

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE };

static char *one, *two;

static int child(void *unused)
{
	(void)unused;
	one[2] = 'C';
	two[2] = 'D';
	say("child: %.6s %.6s\n", one, two);
	return 0;
}

int main(void)
{
	write_file("file", "abcdef");
	int fd = (int)MUST(open("file", O_RDWR));
	one = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	two = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
	MUST((long)one);
	MUST((long)two);
	one[0] = 'X';
	say("one %.6s, two %.6s\n", one, two);
	int zero = (int)MUST(open("/dev/zero", O_RDONLY));
	CALL(read(zero, two + 1, 1));
	show_bytes("two after read into it", two, 6);
	say("one %.6s\n", one);
	char text[16];
	show_bytes("file", text, pread(fd, text, sizeof(text), 0));
	run_child("child", child, NULL);
	show_bytes("one", one, 6);
	show_bytes("two", two, 6);
	show_bytes("file", text, pread(fd, text, sizeof(text), 0));
	int other = (int)MUST(open("file", O_RDONLY));
	char *three = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, other, 0);
	show_bytes("fresh mapping", three, 6);
	return 0;
}
