/* SPDX-License-Identifier: MIT
 *
 * futex(2): CMP_REQUEUE compares, wakes and moves waiters; WAKE_OP changes the second word by each operation and
 * wakes by the comparison; bitsets select who wakes; a zero bitset is EINVAL.
 */
#include "contract.h"

#include <pthread.h>

enum {
	REQUEUE = 3,
	CMP_REQUEUE = 4,
	WAKE_OP = 5,
	WAIT_BITSET = 9,
	WAKE_BITSET = 10,
	WAKE = 1,
	PRIVATE = 128
};
enum { SET = 0, ADD = 1, OR = 2, ANDN = 3, XOR = 4, SHIFT = 8, EQ = 0, GT = 4 };

static int first, second, woken, tids[4];

static long futex(int *address, int operation, int value, long value2, int *address2, int value3)
{
	return syscall(SYS_futex, address, operation | PRIVATE, value, value2, address2, value3);
}

static void *waiter(void *slot)
{
	long index = (int *)slot - tids;
	tids[index] = (int)syscall(SYS_gettid);
	long result = futex(&first, WAIT_BITSET, 0, 0, NULL, 1 << index);
	__atomic_fetch_add(&woken, result == 0 ? 1 : 100, __ATOMIC_SEQ_CST);
	return NULL;
}

static void start_waiters(pthread_t *threads)
{
	for (int i = 0; i < 4; i++) {
		tids[i] = 0;
		MUST(-pthread_create(&threads[i], NULL, waiter, &tids[i]));
		while (!__atomic_load_n(&tids[i], __ATOMIC_SEQ_CST))
			sleep_ms(1);
		wait_until_thread_asleep(tids[i]);
	}
}

static void join_waiters(pthread_t *threads)
{
	for (int i = 0; i < 4; i++)
		MUST(-pthread_join(threads[i], NULL));
	SHOW(woken);
}

static int encode(int operation, int operand, int compare, int argument)
{
	return (int)((unsigned)operation << 28 | (unsigned)compare << 24 | (unsigned)operand << 12 |
		     (unsigned)argument);
}

static void operations(void)
{
	static const int table[] = { SET, ADD, OR, ANDN, XOR, ADD | SHIFT };
	for (int i = 0; i < 6; i++) {
		second = 6;
		long result = futex(&first, WAKE_OP, 1, 1, &second, encode(table[i], 3, EQ, 6));
		say("operation %d: %ld, second %d\n", table[i], result, second);
	}
	CALL(futex(&first, WAKE_OP, 1, 1, &second, encode(7, 0, EQ, 0)));
	CALL(futex(&first, WAKE_OP, 1, 1, &second, encode(SET, 77, 7, 0)));
	CALL(futex(&first, WAKE_OP, 1, 1, (int *)8, encode(SET, 77, EQ, 0)));
}

int main(void)
{
	pthread_t threads[4];
	CALL(futex(&first, CMP_REQUEUE, 1, 1, &second, 5));
	CALL(futex(&first, CMP_REQUEUE, 1, 1, &second, 0));
	CALL(futex(&first, CMP_REQUEUE, -1, 1, &second, 0));
	CALL(futex(&first, WAIT_BITSET, 7, 0, NULL, 1));
	CALL(futex(&first, WAIT_BITSET, 0, 0, NULL, 0));
	CALL(futex(&first, WAKE_BITSET, 1, 0, NULL, 0));
	operations();
	start_waiters(threads);
	SHOW(futex(&first, WAKE_BITSET, 10, 0, NULL, 1 << 9));
	SHOW(futex(&first, WAKE_BITSET, 10, 0, NULL, 1 << 2));
	SHOW(futex(&first, CMP_REQUEUE, 1, 1, &second, 0));
	SHOW(futex(&second, WAKE, 10, 0, NULL, 0));
	SHOW(futex(&first, WAKE, 10, 0, NULL, 0));
	join_waiters(threads);
	start_waiters(threads);
	second = 5;
	SHOW(futex(&second, WAKE_OP, 1, 10, &first, encode(ADD, 0, GT, 0)));
	SHOW(futex(&second, WAKE_OP, 1, 10, &first, encode(ADD, 0, EQ, 0)));
	join_waiters(threads);
	struct timespec deadline = { 1, 0 };
	CALL(futex(&first, WAIT_BITSET, 0, (long)&deadline, NULL, -1));
	CALL(futex(&first, WAIT_BITSET | 256, 0, (long)&deadline, NULL, -1));
	return 0;
}
