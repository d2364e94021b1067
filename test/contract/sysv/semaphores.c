/* SPDX-License-Identifier: MIT
 *
 * semget, semop, semtimedop, semctl: values, all or nothing, waiting in both directions, undo at exit, removal under a waiter,
 * permissions and every error that a caller can make.
 */
#include "contract.h"

#include <sys/sem.h>

#define KEY 0x5eed

union argument {
	int value;
	struct semid_ds *status;
	unsigned short *values;
};

static int set;

static long operate(unsigned short number, short change, short flags)
{
	struct sembuf operation = { number, change, flags };
	return syscall(SYS_semop, set, &operation, 1);
}

static long control(int number, int command, int value)
{
	return semctl(set, number, command, (union argument){ .value = value });
}

static void creation(void)
{
	CALL(semget(KEY, 2, 0));
	CALL(semget(KEY, 0, IPC_CREAT | 0600));
	CALL(semget(KEY, -1, IPC_CREAT | 0600));
	CALL(semget(KEY, 40000, IPC_CREAT | 0600));
	set = (int)MUST(semget(KEY, 3, IPC_CREAT | IPC_EXCL | 0640));
	CALL(semget(KEY, 3, IPC_CREAT | IPC_EXCL | 0600));
	CALL(semget(KEY, 4, 0));
	IS(semget(KEY, 2, 0600) == set);
	IS(semget(KEY, 0, 0) == set);
	IS(semget(IPC_PRIVATE, 1, 0600) != set);
}

static void values(void)
{
	unsigned short all[3] = { 1, 2, 3 };
	struct sembuf two[2] = { { 0, -1, 0 }, { 1, -9, IPC_NOWAIT } };
	CALL(semctl(set, 0, SETALL, (union argument){ .values = all }));
	CALL(control(1, GETVAL, 0));
	CALL(control(1, SETVAL, 7));
	CALL(control(1, SETVAL, -1));
	CALL(control(1, SETVAL, 32768));
	CALL(control(3, GETVAL, 0));
	CALL(control(-1, GETVAL, 0));
	CALL(control(0, 99, 0));
	CALL(semop(set, two, 2));
	two[1].sem_op = -7;
	CALL(semop(set, two, 2));
	memset(all, 0xff, sizeof(all));
	CALL(semctl(set, 0, GETALL, (union argument){ .values = all }));
	say("values: %d %d %d\n", all[0], all[1], all[2]);
	IS(control(0, GETPID, 0) == getpid());
	CALL(control(2, GETPID, 0) == getpid());
	CALL(operate(2, 32767, 0));
	CALL(operate(3, 1, 0));
	CALL(operate(2, 0, IPC_NOWAIT));
	CALL(operate(0, 0, IPC_NOWAIT));
	CALL(semop(set, two, 0));
	CALL(semop(set, two, 501));
	CALL(semop(-1, two, 1));
	CALL(semop(0x7fff0000, two, 1));
	CALL(syscall(SYS_semop, set, NULL, 1));
}

static int waits_for_more(void *unused)
{
	(void)unused;
	CALL(operate(0, -2, 0));
	return 0;
}

static int waits_for_zero(void *unused)
{
	(void)unused;
	CALL(operate(2, 0, 0));
	return 0;
}

static void waiting(void)
{
	pid_t more, zero;
	MUST(control(0, SETVAL, 0));
	MUST(control(2, SETVAL, 1));
	more = start(waits_for_more, NULL);
	wait_until_asleep(more);
	zero = start(waits_for_zero, NULL);
	wait_until_asleep(zero);
	CALL(control(0, GETNCNT, 0));
	CALL(control(0, GETZCNT, 0));
	CALL(control(2, GETNCNT, 0));
	CALL(control(2, GETZCNT, 0));
	MUST(operate(0, 1, 0));
	CALL(control(0, GETNCNT, 0));
	MUST(operate(0, 2, 0));
	reap("more", more);
	CALL(control(0, GETVAL, 0));
	MUST(operate(2, -1, 0));
	reap("zero", zero);
}

static void time_outs(void)
{
	struct timespec soon = { 0, 20000000 }, bad = { 0, -1 }, none = { 0, 0 };
	struct sembuf take = { 0, -5, 0 };
	CALL(semtimedop(set, &take, 1, &soon));
	CALL(semtimedop(set, &take, 1, &none));
	CALL(semtimedop(set, &take, 1, &bad));
	CALL(semtimedop(set, &take, 1, (struct timespec *)8));
}

static int undoes(void *unused)
{
	(void)unused;
	CALL(operate(0, -1, SEM_UNDO));
	CALL(operate(1, 4, SEM_UNDO));
	CALL(operate(1, 1, SEM_UNDO));
	CALL(operate(2, 3, SEM_UNDO));
	CALL(control(2, SETVAL, 9));
	return 0;
}

static void undo(void)
{
	MUST(control(0, SETVAL, 3));
	MUST(control(1, SETVAL, 1));
	MUST(control(2, SETVAL, 0));
	run_child("undoes", undoes, NULL);
	CALL(control(0, GETVAL, 0));
	CALL(control(1, GETVAL, 0));
	CALL(control(2, GETVAL, 0));
}

static int waits_and_is_removed(void *unused)
{
	(void)unused;
	CALL(operate(0, -100, 0));
	return 0;
}

static void caught(int number)
{
	(void)number;
}

static int is_interrupted(void *unused)
{
	(void)unused;
	catch_signal(SIGUSR1, caught, SA_RESTART);
	CALL(operate(0, -100, 0));
	return 0;
}

static void ends(void)
{
	pid_t child = start(is_interrupted, NULL);
	wait_until_asleep(child);
	kill(child, SIGUSR1);
	reap("interrupted", child);
	CALL(control(0, GETNCNT, 0));
	child = start(waits_and_is_removed, NULL);
	wait_until_asleep(child);
	MUST(control(0, IPC_RMID, 0));
	reap("removed", child);
	CALL(control(0, GETVAL, 0));
	CALL(control(0, IPC_RMID, 0));
}

static int other_user(void *unused)
{
	struct semid_ds status = { 0 };
	(void)unused;
	MUST(setgid(1000));
	MUST(setuid(1000));
	SHOW(semget(KEY, 0, 0400) == set);
	IS(semget(KEY, 0, 0) == set);
	CALL(control(0, GETVAL, 0));
	CALL(operate(0, 1, 0));
	CALL(semctl(set, 0, IPC_STAT, (union argument){ .status = &status }));
	CALL(semctl(set, 0, IPC_SET, (union argument){ .status = &status }));
	CALL(control(0, IPC_RMID, 0));
	return 0;
}

static void owners(void)
{
	struct semid_ds status = { 0 };
	run_child("other user", other_user, NULL);
	CALL(semctl(set, 0, IPC_STAT, (union argument){ .status = &status }));
	say("mode %o count %d\n", (unsigned)status.sem_perm.mode, (int)status.sem_nsems);
	IS(status.sem_otime);
	IS(status.sem_ctime);
	status.sem_perm.mode = 0606;
	status.sem_perm.uid = 5;
	CALL(semctl(set, 0, IPC_SET, (union argument){ .status = &status }));
	CALL(semctl(set, 0, IPC_STAT, (union argument){ .status = &status }));
	say("mode %o uid %d cuid %d\n", (unsigned)status.sem_perm.mode, (int)status.sem_perm.uid,
	    (int)status.sem_perm.cuid);
	run_child("other user", other_user, NULL);
}

int main(void)
{
	creation();
	values();
	waiting();
	time_outs();
	undo();
	owners();
	ends();
	return 0;
}
