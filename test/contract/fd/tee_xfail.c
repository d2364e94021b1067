/* SPDX-License-Identifier: MIT
 *
 * tee(2): duplicates pipe contents without consuming them, 0 at the end, EAGAIN when told not to block, EINVAL for
 * what is no pipe or the same pipe twice.
 */
#include "contract.h"

int main(void)
{
	int one[2], two[2];
	char text[32];
	MUST(pipe(one));
	MUST(pipe(two));
	MUST(write(one[1], "hello", 5));
	MUST(write(one[1], " world", 6));
	CALL(tee(one[0], two[1], 8, 0));
	show_bytes("two", text, read(two[0], text, sizeof(text)));
	CALL(tee(one[0], two[1], 100, 0));
	show_bytes("one", text, read(one[0], text, sizeof(text)));
	show_bytes("two", text, read(two[0], text, sizeof(text)));
	CALL(tee(one[0], two[1], 100, SPLICE_F_NONBLOCK));
	CALL(tee(one[0], two[1], 0, 0));
	CALL(tee(one[0], one[1], 1, 0));
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	CALL(tee(fd, two[1], 1, 0));
	CALL(tee(one[0], fd, 1, 0));
	CALL(tee(one[0], two[1], 1, 0x100));
	CALL(tee(99, two[1], 1, 0));
	MUST(close(one[1]));
	CALL(tee(one[0], two[1], 1, 0));
	return 0;
}
