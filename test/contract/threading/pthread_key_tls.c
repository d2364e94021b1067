/* SPDX-License-Identifier: MIT
 *
 * pthread_key_create(3), arch_prctl(2): keys and __thread variables have a value per thread, destructors run at
 * thread exit with the value, the FS base differs per thread and survives a fork.
 */
#include "contract.h"

#include <pthread.h>

enum { GET_FS = 0x1003 };

static pthread_key_t key;
static __thread int local = 5;
static unsigned long main_base;

static unsigned long fs_base(void)
{
	unsigned long base = 0;
	MUST(syscall(SYS_arch_prctl, GET_FS, &base));
	return base;
}

static void destructor(void *value)
{
	say("destructor: %d\n", *(int *)value);
}

static void *body(void *value)
{
	IS(pthread_getspecific(key) == NULL);
	MUST(-pthread_setspecific(key, value));
	SHOW(local);
	local = *(int *)value;
	sched_yield();
	SHOW(*(int *)pthread_getspecific(key));
	SHOW(local);
	IS(fs_base() != main_base);
	return NULL;
}

static int child(void *unused)
{
	(void)unused;
	SHOW(local);
	SHOW(*(int *)pthread_getspecific(key));
	IS(fs_base() == main_base);
	return 0;
}

int main(void)
{
	int mine = 42, first = 99, second = 98;
	pthread_t thread;
	MUST(-pthread_key_create(&key, destructor));
	MUST(-pthread_setspecific(key, &mine));
	main_base = fs_base();
	local = 6;
	MUST(-pthread_create(&thread, NULL, body, &first));
	MUST(-pthread_join(thread, NULL));
	MUST(-pthread_create(&thread, NULL, body, &second));
	MUST(-pthread_join(thread, NULL));
	SHOW(*(int *)pthread_getspecific(key));
	SHOW(local);
	run_child("child", child, NULL);
	CALL(syscall(SYS_arch_prctl, 0x1234, 0L));
	CALL(syscall(SYS_arch_prctl, 0x1002, 1UL << 63));
	return 0;
}
