/* SPDX-License-Identifier: MIT
 *
 * unix(7) streams under load: four writers send framed messages with sequence numbers by writev of four pieces on
 * one socket; none is torn, lost or out of order, while the reader reads by odd sizes.
 */
#include "../contract.h"

#include <sys/socket.h>
#include <sys/uio.h>

enum { WRITERS = 4, MESSAGES = 1500, SIZE = 64 };

static int pair[2];

static int writer(void *number)
{
	char head[8], body[40], sequence[8], tail[8];
	struct iovec vector[4] = { { head, 8 }, { sequence, 8 }, { body, 40 }, { tail, 8 } };
	int who = (int)(long)number;
	for (int i = 0; i < MESSAGES; i++) {
		memset(head, '<', 8);
		memset(tail, '>', 8);
		memset(body, 'A' + who, sizeof(body));
		memcpy(sequence, &(int[2]){ who, i }, 8);
		if (writev(pair[0], vector, 4) != SIZE)
			return 1;
	}
	return 0;
}

static bool is_right(const char *message, int *next)
{
	int fields[2];
	memcpy(fields, message + 8, sizeof(fields));
	if (fields[0] < 0 || fields[0] >= WRITERS || fields[1] != next[fields[0]])
		return false;
	next[fields[0]]++;
	for (int i = 0; i < 40; i++)
		if (message[16 + i] != 'A' + fields[0])
			return false;
	return memcmp(message, "<<<<<<<<", 8) == 0 && memcmp(message + 56, ">>>>>>>>", 8) == 0;
}

int main(void)
{
	static char bytes[WRITERS * MESSAGES * SIZE + 1000];
	long used = 0, count;
	int wrong = 0, next[WRITERS] = { 0 };
	pid_t children[WRITERS];
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	for (long i = 0; i < WRITERS; i++)
		children[i] = start(writer, (void *)i);
	MUST(close(pair[0]));
	while ((count = read(pair[1], bytes + used, (size_t)(1 + used % 997))) > 0)
		used += count;
	for (int i = 0; i < WRITERS; i++)
		reap("writer", children[i]);
	for (long at = 0; at + SIZE <= used; at += SIZE)
		wrong += !is_right(bytes + at, next);
	say("%ld bytes, %d wrong messages\n", used, wrong);
	return 0;
}
