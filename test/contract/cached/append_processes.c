/* SPDX-License-Identifier: MIT
 *
 * O_APPEND from several processes, each with its own open file, by write, writev and pwrite, with truncations of another file
 * between: no record is lost or torn.
 */
#include "contract.h"
#include <sys/uio.h>

#define WRITERS 4
#define RECORDS 400
#define RECORD_BYTES 37

static int writer(void *argument)
{
	char record[RECORD_BYTES];
	int who = *(int *)argument, fd = (int)MUST(open("log", O_WRONLY | O_APPEND));
	struct iovec halves[2] = { { record, 20 }, { record + 20, RECORD_BYTES - 20 } };
	memset(record, 'A' + who, sizeof(record));
	for (int i = 0; i < RECORDS; i++) {
		ssize_t wrote = who == 1   ? writev(fd, halves, 2)
				: who == 2 ? pwrite(fd, record, sizeof(record), 3)
					   : write(fd, record, sizeof(record));
		if (wrote != RECORD_BYTES)
			return 1;
		if (i % 16 == 0)
			sched_yield();
	}
	return 0;
}

int main(void)
{
	pid_t children[WRITERS];
	int who[WRITERS], counts[WRITERS] = { 0 }, torn = 0;
	char record[RECORD_BYTES];
	write_file("log", "");
	for (int i = 0; i < WRITERS; i++) {
		who[i] = i;
		children[i] = start(writer, &who[i]);
	}
	for (int i = 0; i < WRITERS; i++)
		reap("writer", children[i]);
	struct stat status;
	MUST(stat("log", &status));
	IS(status.st_size == WRITERS * RECORDS * RECORD_BYTES);
	int fd = (int)MUST(open("log", O_RDONLY));
	while (read(fd, record, sizeof(record)) == RECORD_BYTES) {
		int first = record[0] - 'A';
		for (int i = 1; i < RECORD_BYTES; i++)
			torn += record[i] != record[0];
		if (first >= 0 && first < WRITERS)
			counts[first]++;
	}
	SHOW(torn);
	for (int i = 0; i < WRITERS; i++)
		SHOW(counts[i]);
	return 0;
}
