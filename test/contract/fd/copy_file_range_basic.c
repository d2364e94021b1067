/* SPDX-License-Identifier: MIT
 *
 * copy_file_range(2): copies with both file positions, with explicit offsets that move instead, short at the end of
 * the file, 0 there; overlapping ranges, wrong modes, directories and pipes are refused.
 */
#include "contract.h"

static long copy(int in, loff_t *in_offset, int out, loff_t *out_offset, size_t length)
{
	return syscall(SYS_copy_file_range, in, in_offset, out, out_offset, length, 0);
}

static void contents(const char *path)
{
	char text[256];
	show_bytes(path, text, read_file(path, text, sizeof(text)));
}

int main(void)
{
	write_file("from", "0123456789abcdef");
	int in = (int)MUST(open("from", O_RDWR)), out = (int)MUST(open("to", O_RDWR | O_CREAT, 0600));
	CALL(copy(in, NULL, out, NULL, 10));
	say("positions %ld %ld\n", (long)lseek(in, 0, SEEK_CUR), (long)lseek(out, 0, SEEK_CUR));
	CALL(copy(in, NULL, out, NULL, 100));
	CALL(copy(in, NULL, out, NULL, 100));
	contents("to");
	loff_t from = 12, to = 20;
	CALL(copy(in, &from, out, &to, 3));
	say("offsets %ld %ld, positions %ld %ld\n", (long)from, (long)to, (long)lseek(in, 0, SEEK_CUR),
	    (long)lseek(out, 0, SEEK_CUR));
	contents("to");
	CALL(copy(in, NULL, out, NULL, 0));
	from = 0;
	to = 4;
	CALL(copy(in, &from, in, &to, 8));
	to = 8;
	CALL(copy(in, &from, in, &to, 8));
	contents("from");
	int reader = (int)MUST(open("from", O_RDONLY)), appender = (int)MUST(open("to", O_WRONLY | O_APPEND));
	from = 0;
	CALL(copy(in, &from, reader, NULL, 4));
	CALL(copy(appender, &from, out, NULL, 4));
	CALL(copy(in, &from, appender, NULL, 4));
	int ends[2], directory = (int)MUST(open(".", O_RDONLY));
	MUST(pipe(ends));
	CALL(copy(in, &from, ends[1], NULL, 4));
	CALL(copy(directory, NULL, out, NULL, 4));
	CALL(copy(99, NULL, out, NULL, 4));
	CALL(syscall(SYS_copy_file_range, in, NULL, out, NULL, 4L, 1));
	from = -1;
	CALL(copy(in, &from, out, NULL, 4));
	CALL(copy(in, (loff_t *)8, out, NULL, 4));
	return 0;
}
