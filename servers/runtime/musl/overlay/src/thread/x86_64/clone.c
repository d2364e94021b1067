/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: makes a thread through the runtime (servers/runtime/shim_thread.c). musl calls
 * it for pthread_create only, with its thread list locked; `clear` is the word of that lock.
 */
#include <stdarg.h>
#include "pthread_impl.h"

struct shim_thread_start {
	int (*function)(void *);
	void *argument;
	void *stack; /* top */
	void *tls;
	int *tid;   /* told the new thread's number before it runs */
	int *clear; /* zeroed and woken when it has ended */
};

hidden int __shim_thread_create(const struct shim_thread_start *start);

hidden int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...)
{
	struct shim_thread_start start = { .function = function, .argument = argument, .stack = stack };
	va_list list;

	(void)flags;
	va_start(list, argument);
	start.tid = va_arg(list, int *);
	start.tls = va_arg(list, void *);
	start.clear = va_arg(list, int *);
	va_end(list);
	return __shim_thread_create(&start);
}
