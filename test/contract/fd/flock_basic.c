/* SPDX-License-Identifier: MIT
 *
 * flock(2): shared and exclusive between open files (not processes), conversion, EWOULDBLOCK under LOCK_NB, a
 * waiter gets it on unlock, duplicates share it, it goes with the last close.
 */
#include "contract.h"

#include <sys/file.h>

static int waits(void *file)
{
	CALL(flock(*(int *)file, LOCK_EX));
	say("child got it\n");
	return 0;
}

int main(void)
{
	int one = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), two = (int)MUST(open("file", O_RDONLY));
	CALL(flock(one, LOCK_EX));
	CALL(flock(one, LOCK_EX));
	CALL(flock(two, LOCK_EX | LOCK_NB));
	CALL(flock(two, LOCK_SH | LOCK_NB));
	CALL(flock(one, LOCK_SH));
	CALL(flock(two, LOCK_SH | LOCK_NB));
	CALL(flock(one, LOCK_EX | LOCK_NB));
	CALL(flock(two, LOCK_UN));
	CALL(flock(one, LOCK_EX | LOCK_NB));
	int copy = (int)MUST(dup(one));
	MUST(close(one));
	CALL(flock(two, LOCK_SH | LOCK_NB));
	CALL(flock(copy, LOCK_UN));
	CALL(flock(two, LOCK_EX | LOCK_NB));
	int three = (int)MUST(open("file", O_RDONLY));
	pid_t child = start(waits, &three);
	wait_until_asleep(child);
	say("parent unlocks\n");
	MUST(flock(two, LOCK_UN));
	reap("child", child);
	CALL(flock(two, LOCK_EX | LOCK_NB));
	MUST(close(three));
	CALL(flock(two, LOCK_EX | LOCK_NB));
	CALL(flock(two, LOCK_EX | LOCK_SH));
	CALL(flock(two, 0));
	CALL(flock(99, LOCK_SH));
	CALL(flock(two, LOCK_UN));
	return 0;
}
