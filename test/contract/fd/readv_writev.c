/* SPDX-License-Identifier: MIT
 *
 * readv(2), writev(2): gathers and scatters in order, atomic on pipes, short at a bad buffer, limits on count and
 * total length.
 */
#include "contract.h"

#include <sys/uio.h>

static int writer(void *end)
{
	char mark[4][256];
	struct iovec vector[4];
	for (int i = 0; i < 4; i++) {
		memset(mark[i], 'a' + i, sizeof(mark[i]));
		vector[i] = (struct iovec){ mark[i], sizeof(mark[i]) };
	}
	for (int i = 0; i < 100; i++)
		MUST(writev(*(int *)end, vector, 4));
	return 0;
}

static void interleaving(void)
{
	char record[1024];
	int ends[2], torn = 0, count = 0;
	MUST(pipe(ends));
	pid_t one = start(writer, &ends[1]), two = start(writer, &ends[1]);
	MUST(close(ends[1]));
	while (read(ends[0], record, sizeof(record)) == sizeof(record)) {
		for (int i = 0; i < 1024; i++)
			torn += record[i] != 'a' + i / 256;
		count++;
	}
	reap("one", one);
	reap("two", two);
	say("%d records, %d bytes torn\n", count, torn);
}

int main(void)
{
	int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), ends[2];
	char one[4] = { 0 }, two[8] = { 0 };
	struct iovec out[3] = { { "one", 3 }, { "two", 3 }, { "three", 5 } },
		     in[2] = { { one, 4 }, { two, 8 } };
	CALL(writev(fd, out, 3));
	MUST(lseek(fd, 0, SEEK_SET));
	CALL(readv(fd, in, 2));
	show_bytes("one", one, 4);
	show_bytes("two", two, 7);
	CALL(readv(fd, in, 2));
	CALL(writev(fd, out, 0));
	CALL(writev(fd, out, -1));
	CALL(writev(fd, out, 1025));
	CALL(writev(fd, NULL, 1));
	CALL(writev(99, out, 1));
	struct iovec bad[2] = { { "good", 4 }, { (char *)8, 4 } };
	CALL(writev(fd, bad, 2));
	struct iovec first_bad[2] = { { (char *)8, 4 }, { "good", 4 } };
	CALL(writev(fd, first_bad, 2));
	struct iovec huge[2] = { { one, 0x7fffffffffffffff }, { two, 1 } };
	CALL(writev(fd, huge, 2));
	MUST(pipe2(ends, O_NONBLOCK));
	CALL(writev(ends[1], bad, 2));
	CALL(readv(ends[0], in, 2));
	static char large[40000];
	struct iovec big[4] = { { large, 40000 }, { large, 20000 }, { large, 5000 }, { large, 5000 } };
	CALL(writev(ends[1], big, 4));
	interleaving();
	return 0;
}
