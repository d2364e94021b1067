/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: a detached thread ends and its stack goes. The runtime frees the stack when
 * the thread surely left it (servers/runtime/shim_thread.c).
 */
#include "pthread_impl.h"

hidden _Noreturn void __shim_thread_leave(void *base, size_t size);

hidden void __unmapself(void *base, size_t size)
{
	__shim_thread_leave(base, size);
}
