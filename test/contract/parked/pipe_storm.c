/* SPDX-License-Identifier: MIT
 *
 * pipe(7): bytes of many writers and readers, threads and processes, in pieces of all sizes: none is lost, none comes
 * twice, and writes of at most PIPE_BUF bytes stay in one piece.
 */
#include "../contract.h"

#include <limits.h>
#include <pthread.h>

enum { WRITERS = 4, RECORDS = 400, RECORD = 512 };

static int ends[2];
static long sums[WRITERS];

static void fill(unsigned char *record, int writer, int number)
{
	record[0] = (unsigned char)writer;
	for (int i = 1; i < RECORD; i++)
		record[i] = (unsigned char)(writer * 31 + number * 7 + i);
}

static int write_records(void *argument)
{
	unsigned char record[RECORD];
	int writer = (int)(long)argument;
	for (int i = 0; i < RECORDS; i++) {
		fill(record, writer, i);
		if (write(ends[1], record, RECORD) != RECORD)
			return 1;
	}
	return 0;
}

static void *write_in_thread(void *argument)
{
	return (void *)(long)write_records(argument);
}

static long whole(int fd, unsigned char *to, long bytes)
{
	long done = 0, got;
	while (done < bytes && (got = read(fd, to + done, (size_t)(bytes - done))) > 0)
		done += got;
	return done;
}

/* Records arrive whole, those of one writer in their order. */
static void records_stay_whole(bool threads)
{
	unsigned char record[RECORD], expected[RECORD];
	int next[WRITERS] = { 0 }, wrong = 0, count = 0;
	pthread_t ids[WRITERS];
	pid_t children[WRITERS];
	MUST(pipe(ends));
	for (long i = 0; i < WRITERS; i++) {
		if (threads)
			MUST(-pthread_create(&ids[i], NULL, write_in_thread, (void *)i));
		else
			children[i] = start(write_records, (void *)i);
	}
	for (; count < WRITERS * RECORDS && whole(ends[0], record, RECORD) == RECORD; count++) {
		int writer = record[0];
		if (writer >= WRITERS) {
			wrong++;
			break;
		}
		fill(expected, writer, next[writer]++);
		wrong += memcmp(record, expected, RECORD) != 0;
	}
	for (int i = 0; i < WRITERS; i++) {
		if (threads)
			MUST(-pthread_join(ids[i], NULL));
		else
			reap("writer", children[i]);
	}
	SHOW(count);
	SHOW(wrong);
	close(ends[0]);
	close(ends[1]);
}

static void *sum_bytes(void *argument)
{
	unsigned char bytes[777];
	long *sum = argument, got;
	while ((got = read(ends[0], bytes, sizeof(bytes))) > 0)
		for (long i = 0; i < got; i++)
			*sum += bytes[i] + 1;
	return NULL;
}

/* Sizes around the page and the pipe; several readers share what comes. */
static void all_sizes_arrive(void)
{
	static const int sizes[] = { 1, 2, 511, 4095, 4096, 4097, 8192, 65535, 65536, 65537, 100000 };
	static unsigned char data[100000];
	pthread_t ids[WRITERS];
	long sent = 0, received = 0;
	MUST(pipe(ends));
	for (int i = 0; i < WRITERS; i++)
		MUST(-pthread_create(&ids[i], NULL, sum_bytes, &sums[i]));
	for (int i = 0; i < 66; i++) {
		int bytes = sizes[i % 11];
		memset(data, i, (size_t)bytes);
		sent += (long)bytes * (i + 1);
		MUST(write(ends[1], data, (size_t)bytes) == bytes ? 0 : -1);
	}
	close(ends[1]);
	for (int i = 0; i < WRITERS; i++) {
		MUST(-pthread_join(ids[i], NULL));
		received += sums[i];
	}
	IS(sent == received);
	close(ends[0]);
}

int main(void)
{
	records_stay_whole(true);
	records_stay_whole(false);
	all_sizes_arrive();
	return 0;
}
