/* SPDX-License-Identifier: MIT
 *
 * semop(2): many waiters. One change lets all pass that it is enough for, also those that waited for zero, or for a value that
 * only a later one's operation leaves.
 */
#include "contract.h"

#include <sys/ipc.h>
#include <sys/sem.h>

#define CROWD 60

static int set;

static void begin(struct sembuf *operations, unsigned count)
{
	int waiting = semctl(set, 0, GETNCNT) + semctl(set, 0, GETZCNT);
	if (MUST(fork()) == 0)
		_exit(semop(set, operations, count) ? 1 : 0);
	while (semctl(set, 0, GETNCNT) + semctl(set, 0, GETZCNT) == waiting)
		usleep(1000);
}

static int passed(int count)
{
	int status, good = 0;
	while (count--)
		good += wait(&status) > 0 && status == 0;
	return good;
}

static void change(short by)
{
	struct sembuf operation = { 0, by, 0 };
	CALL(semop(set, &operation, 1));
}

int main(void)
{
	struct sembuf take = { 0, -1, 0 }, zero = { 0, 0, 0 }, last_one[2] = { take, zero };
	struct sembuf give_and_take[2] = { { 1, -1, 0 }, { 0, 1, 0 } };
	set = (int)MUST(semget(IPC_PRIVATE, 2, 0600));
	change(1);
	begin(&zero, 1);
	SHOW(semctl(set, 0, GETZCNT));
	change(-1);
	SHOW(passed(1));
	for (int i = 0; i < CROWD; i++)
		begin(&take, 1);
	SHOW(semctl(set, 0, GETNCNT));
	change(CROWD / 2);
	SHOW(passed(CROWD / 2));
	SHOW(semctl(set, 0, GETNCNT));
	change(CROWD);
	SHOW(passed(CROWD / 2));
	SHOW(semctl(set, 0, GETVAL));
	begin(&zero, 1);
	change(-CROWD / 2);
	SHOW(passed(1));
	begin(last_one, 2);
	begin(&take, 1);
	change(2);
	SHOW(passed(2));
	SHOW(semctl(set, 0, GETVAL));
	begin(&take, 1); /* passes by what the one behind it gives */
	if (MUST(fork()) == 0)
		_exit(semop(set, give_and_take, 2) ? 1 : 0);
	while (semctl(set, 1, GETNCNT) == 0)
		usleep(1000);
	struct sembuf second = { 1, 1, 0 };
	CALL(semop(set, &second, 1));
	SHOW(passed(2));
	SHOW(semctl(set, 0, GETVAL));
	CALL(semctl(set, 0, IPC_RMID));
	return 0;
}
