/* SPDX-License-Identifier: MIT
 *
 * msgget, msgsnd, msgrcv, msgctl: order by kind, cut and refused messages, full and empty queues, removal under both kinds
 * of waiters, copies, limits.
 */
#include "contract.h"

#include <sys/msg.h>

#ifndef MSG_COPY
#	define MSG_COPY 040000
#endif
#ifndef MSG_EXCEPT
#	define MSG_EXCEPT 020000
#endif

static int queue;

struct letter {
	long kind;
	char text[32];
};

static long put(long kind, const char *text, int flags)
{
	struct letter letter = { .kind = kind };
	memcpy(letter.text, text, strlen(text));
	return syscall(SYS_msgsnd, queue, &letter, strlen(text), flags);
}

static void take(long kind, size_t bytes, int flags)
{
	struct letter letter = { 0 };
	long result = syscall(SYS_msgrcv, queue, &letter, bytes, kind, flags);
	if (result < 0)
		say("take %ld: %s\n", kind, errno_name(errno));
	else
		say("take %ld: %ld bytes, kind %ld, \"%s\"\n", kind, result, letter.kind, letter.text);
}

static void order(void)
{
	CALL(put(5, "five", 0));
	CALL(put(3, "three", 0));
	CALL(put(4, "four", 0));
	CALL(put(3, "three again", 0));
	CALL(put(2, "", 0));
	take(4, 32, 0);
	take(-4, 32, 0);
	take(-4, 32, 0);
	take(5, 32, MSG_EXCEPT);
	take(0, 2, 0);
	take(0, 2, MSG_NOERROR);
	take(0, 32, IPC_NOWAIT);
	CALL(put(1, "one", 0));
	CALL(put(2, "two", 0));
	take(1, 32, MSG_COPY | IPC_NOWAIT);
	take(2, 32, MSG_COPY | IPC_NOWAIT);
	take(1, 32, MSG_COPY);
	take(1, 32, MSG_COPY | MSG_EXCEPT | IPC_NOWAIT);
	take(9, 32, IPC_NOWAIT);
	take(0, 32, 0);
	take(0, 32, 0);
}

static void errors(void)
{
	static char big[9000];
	CALL(msgget(0x0dd, 0));
	CALL(put(0, "x", 0));
	CALL(put(-1, "x", 0));
	CALL(syscall(SYS_msgsnd, queue, big, 8193, 0));
	CALL(syscall(SYS_msgsnd, queue, big, -1L, 0));
	CALL(syscall(SYS_msgsnd, queue, NULL, 1, 0));
	CALL(syscall(SYS_msgsnd, -1, big, 1, 0));
	CALL(syscall(SYS_msgrcv, queue, big, -1L, 0, 0));
	CALL(syscall(SYS_msgrcv, 0x7fff0000, big, 1, 0, 0));
	CALL(msgctl(queue, 77, NULL));
	CALL(msgctl(queue, IPC_STAT, NULL));
}

static int sends_when_there_is_room(void *unused)
{
	(void)unused;
	CALL(put(7, "late", 0));
	return 0;
}

static int receives_a_kind(void *unused)
{
	(void)unused;
	take(8, 32, 0);
	return 0;
}

static void waiting(void)
{
	static struct {
		long kind;
		char text[8192];
	} big = { .kind = 1 };
	struct msqid_ds status = { 0 };
	pid_t child;
	child = start(receives_a_kind, NULL);
	wait_until_asleep(child);
	MUST(put(7, "not this", 0));
	MUST(put(8, "this", 0));
	reap("receives", child);
	take(0, 32, 0);
	CALL(msgsnd(queue, &big, 8192, 0));
	CALL(msgsnd(queue, &big, 8192, 0));
	CALL(msgsnd(queue, &big, 1, IPC_NOWAIT));
	CALL(msgsnd(queue, &big, 0, IPC_NOWAIT));
	child = start(sends_when_there_is_room, NULL);
	wait_until_asleep(child);
	CALL(msgctl(queue, IPC_STAT, &status));
	say("%d messages, %d bytes of %d\n", (int)status.msg_qnum, (int)status.msg_cbytes,
	    (int)status.msg_qbytes);
	MUST(msgrcv(queue, &big, 8192, 0, 0));
	reap("sends", child);
	CALL(msgctl(queue, IPC_STAT, &status));
	say("%d messages, %d bytes\n", (int)status.msg_qnum, (int)status.msg_cbytes);
	IS(status.msg_lspid == child);
	IS(status.msg_lrpid == getpid());
	IS(status.msg_stime && status.msg_rtime && status.msg_ctime);
}

static void caught(int number)
{
	(void)number;
}

static int interrupted(void *restart)
{
	catch_signal(SIGUSR1, caught, restart ? SA_RESTART : 0);
	take(99, 32, 0);
	return 0;
}

static int unprivileged(void *unused)
{
	struct msqid_ds status = { 0 };
	(void)unused;
	MUST(msgctl(queue, IPC_STAT, &status));
	status.msg_perm.uid = 1000;
	MUST(msgctl(queue, IPC_SET, &status));
	MUST(setuid(1000));
	status.msg_qbytes = 1000;
	CALL(msgctl(queue, IPC_SET, &status));
	status.msg_qbytes = 100000;
	CALL(msgctl(queue, IPC_SET, &status));
	return 0;
}

static void ends(void)
{
	pid_t child = start(interrupted, NULL);
	wait_until_asleep(child);
	kill(child, SIGUSR1);
	reap("interrupted", child);
	child = start(interrupted, &queue);
	wait_until_asleep(child);
	kill(child, SIGUSR1);
	reap("interrupted", child);
	run_child("unprivileged", unprivileged, NULL);
	child = start(interrupted, NULL);
	wait_until_asleep(child);
	MUST(msgctl(queue, IPC_RMID, NULL));
	reap("removed", child);
	CALL(put(1, "x", 0));
}

int main(void)
{
	queue = (int)MUST(msgget(0x1234, IPC_CREAT | 0600));
	CALL(msgget(0x1234, IPC_CREAT | IPC_EXCL | 0600));
	IS(msgget(0x1234, 0) == queue);
	order();
	errors();
	waiting();
	ends();
	return 0;
}
