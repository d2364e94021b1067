/* SPDX-License-Identifier: MIT
 *
 * select(2): the three sets are rewritten to what is ready and counted, zero and NULL time-outs, end of file, the
 * time left is stored by Linux, EBADF for a closed descriptor.
 */
#include "contract.h"

#include <sys/select.h>

static int late_writer(void *end)
{
	wait_until_asleep(getppid());
	MUST(write(*(int *)end, "x", 1));
	return 0;
}

static void check(const char *name, int *ends, struct timeval time)
{
	fd_set in, out, except;
	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(ends[0], &in);
	FD_SET(ends[0], &except);
	FD_SET(ends[1], &out);
	FD_SET(ends[1], &in);
	int count = select(ends[1] + 1, &in, &out, &except, &time);
	say("%s: %d, in %d %d, out %d, except %d\n", name, count, FD_ISSET(ends[0], &in) != 0,
	    FD_ISSET(ends[1], &in) != 0, FD_ISSET(ends[1], &out) != 0, FD_ISSET(ends[0], &except) != 0);
}

int main(void)
{
	int ends[2];
	static char bytes[65536];
	MUST(pipe(ends));
	check("fresh", ends, (struct timeval){ 0, 0 });
	MUST(write(ends[1], "x", 1));
	check("data", ends, (struct timeval){ 0, 0 });
	MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK));
	MUST(write(ends[1], bytes, sizeof(bytes)));
	check("full", ends, (struct timeval){ 0, 0 });
	fd_set set;
	struct timeval time = { 0, 30000 };
	FD_ZERO(&set);
	long before = now_ms();
	CALL(select(0, NULL, NULL, NULL, &time));
	IS(now_ms() - before >= 30);
	say("left %ld.%06ld\n", (long)time.tv_sec, (long)time.tv_usec);
	int other[2];
	MUST(pipe(other));
	pid_t child = start(late_writer, &other[1]);
	time = (struct timeval){ 20, 0 };
	FD_SET(other[0], &set);
	CALL(syscall(SYS_select, other[0] + 1, &set, NULL, NULL, &time));
	IS(time.tv_sec >= 10 && time.tv_sec < 20);
	reap("writer", child);
	MUST(close(ends[0]));
	FD_ZERO(&set);
	FD_SET(ends[1], &set);
	CALL(select(ends[1] + 1, NULL, &set, NULL, NULL));
	MUST(read(other[0], bytes, 1));
	MUST(close(other[1]));
	FD_ZERO(&set);
	FD_SET(other[0], &set);
	CALL(select(other[0] + 1, &set, NULL, NULL, NULL));
	FD_SET(40, &set);
	CALL(select(41, &set, NULL, NULL, &(struct timeval){ 0, 0 }));
	CALL(select(-1, &set, NULL, NULL, NULL));
	CALL(select(1, (fd_set *)8, NULL, NULL, &(struct timeval){ 0, 0 }));
	CALL(select(0, NULL, NULL, NULL, &(struct timeval){ 0, -1 }));
	return 0;
}
