/* SPDX-License-Identifier: MIT
 *
 * set_robust_list(2), pthread_mutexattr_setrobust(3): sizes other than 24 are EINVAL, the list is readable back;
 * a robust mutex whose owner (thread or process) died gives EOWNERDEAD, is repaired, or becomes ENOTRECOVERABLE.
 */
#include "contract.h"

#include <pthread.h>

static void *locks_and_dies(void *mutex)
{
	MUST(-pthread_mutex_lock(mutex));
	return NULL;
}

static int locks_and_is_killed(void *mutex)
{
	MUST(-pthread_mutex_lock(mutex));
	return kill(getpid(), SIGKILL);
}

static const char *lock_result(pthread_mutex_t *mutex)
{
	int result = pthread_mutex_lock(mutex);
	return result ? errno_name(result) : "locked";
}

static void waits_for_dying_owner(pthread_mutex_t *mutex)
{
	MUST(-pthread_mutex_lock(mutex));
	pid_t child = fork();
	if (child == 0) {
		TEXT(lock_result(mutex));
		_exit(0);
	}
	wait_until_asleep(child);
	MUST(-pthread_mutex_unlock(mutex));
	reap("waiter", child);
	TEXT(lock_result(mutex));
	MUST(-pthread_mutex_consistent(mutex));
	MUST(-pthread_mutex_unlock(mutex));
}

int main(void)
{
	void *head[3] = { head, NULL, NULL }, *read_back = NULL, *old_head;
	size_t length = 0, old_length;
	MUST(syscall(SYS_get_robust_list, 0, &old_head, &old_length));
	CALL(syscall(SYS_set_robust_list, head, 24L));
	CALL(syscall(SYS_set_robust_list, head, 23L));
	CALL(syscall(SYS_set_robust_list, head, 0L));
	CALL(syscall(SYS_get_robust_list, 0, &read_back, &length));
	IS(read_back == head && length == 24);
	CALL(syscall(SYS_get_robust_list, 4000000, &read_back, &length));
	CALL(syscall(SYS_get_robust_list, 0, 8L, &length));
	if (old_head)
		MUST(syscall(SYS_set_robust_list, old_head, 24L));
	pthread_mutexattr_t attributes;
	pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	MUST(-pthread_mutex_init(mutex, &attributes));
	pthread_t thread;
	MUST(-pthread_create(&thread, NULL, locks_and_dies, mutex));
	MUST(-pthread_join(thread, NULL));
	TEXT(lock_result(mutex));
	MUST(-pthread_mutex_consistent(mutex));
	MUST(-pthread_mutex_unlock(mutex));
	TEXT(lock_result(mutex));
	MUST(-pthread_mutex_unlock(mutex));
	run_child("killed", locks_and_is_killed, mutex);
	TEXT(lock_result(mutex));
	MUST(-pthread_mutex_consistent(mutex));
	MUST(-pthread_mutex_unlock(mutex));
	waits_for_dying_owner(mutex);
	run_child("killed", locks_and_is_killed, mutex);
	TEXT(lock_result(mutex));
	MUST(-pthread_mutex_unlock(mutex));
	TEXT(lock_result(mutex));
	return 0;
}
