/* SPDX-License-Identifier: MIT
 *
 * set_tid_address(2), clone(2) CLONE_PARENT_SETTID, CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID: the calls return
 * and store the tid, and at the death of a thread its word is cleared and one futex waiter woken.
 */
#include "contract.h"

#include <pthread.h>

static int word = 1, parent_word, child_word = -1;
static char stack[65536] __attribute__((aligned(16)));

static void *body(void *unused)
{
	IS(syscall(SYS_set_tid_address, &word) == syscall(SYS_gettid));
	word = 5;
	syscall(SYS_exit, 0);
	return unused;
}

static int clone_body(void *unused)
{
	(void)unused;
	return child_word == getpid() ? 8 : 9;
}

int main(void)
{
	IS(syscall(SYS_set_tid_address, &child_word) == syscall(SYS_gettid));
	pthread_t thread;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	MUST(-pthread_create(&thread, &attributes, body, NULL));
	while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 1)
		syscall(SYS_futex, &word, 0, 1, NULL);
	while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) != 0)
		syscall(SYS_futex, &word, 0, 5, NULL);
	SHOW(word);
	pid_t child = (pid_t)MUST(
		clone(clone_body, stack + sizeof(stack),
		      CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL,
		      &parent_word, NULL, &child_word));
	IS(parent_word == child);
	SHOW(child_word);
	reap("child without shared memory", child);
	SHOW(child_word);
	child = (pid_t)MUST(
		clone(clone_body, stack + sizeof(stack),
		      CLONE_VM | CLONE_VFORK | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL,
		      NULL, NULL, &child_word));
	SHOW(child_word);
	reap("child with shared memory", child);
	return 0;
}
