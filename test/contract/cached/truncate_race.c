/* SPDX-License-Identifier: MIT
 *
 * A file is cut, extended and written while others read and write it: a read gives what was written or zeros, never old data,
 * and in the end the size is what the last change made it.
 */
#include "contract.h"
#include <pthread.h>

#define TURNS 800
#define BYTES 6000

static int fd;
static volatile bool done;
static volatile long wrong, reads;

static void *reader(void *unused)
{
	static char bytes[BYTES];
	(void)unused;
	while (!done) {
		ssize_t got = pread(fd, bytes, sizeof(bytes), 0);
		for (ssize_t i = 0; i < got; i++)
			wrong += bytes[i] && bytes[i] != 'x';
		wrong += got < 0;
		reads++;
	}
	return NULL;
}

int main(void)
{
	static char bytes[BYTES];
	pthread_t thread;
	struct stat status;
	memset(bytes, 'x', sizeof(bytes));
	fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
	MUST(pthread_create(&thread, NULL, reader, NULL));
	for (int i = 0; i < TURNS; i++) {
		MUST(pwrite(fd, bytes, sizeof(bytes), 0));
		MUST(ftruncate(fd, i % 7 * 700));
		if (i % 3 == 0)
			MUST(ftruncate(fd, BYTES));
		if (i % 20 == 0)
			sched_yield();
	}
	while (!reads)
		sched_yield();
	done = true;
	MUST(pthread_join(thread, NULL));
	SHOW(wrong);
	MUST(ftruncate(fd, 10));
	CALL(pread(fd, bytes, sizeof(bytes), 0));
	CALL(pread(fd, bytes, sizeof(bytes), 10));
	MUST(ftruncate(fd, 20));
	CALL(pread(fd, bytes, sizeof(bytes), 5));
	show_bytes("extended", bytes, 15);
	CALL(pwrite(fd, "end", 3, 30));
	CALL(pread(fd, bytes, sizeof(bytes), 0));
	show_bytes("with a hole", bytes, 33);
	MUST(fstat(fd, &status));
	SHOW(status.st_size);
	int other = (int)MUST(open("file", O_WRONLY | O_TRUNC));
	CALL(pread(fd, bytes, sizeof(bytes), 0));
	CALL(write(other, "new", 3));
	CALL(pread(fd, bytes, sizeof(bytes), 0));
	MUST(fstat(fd, &status));
	SHOW(status.st_size);
	return 0;
}
