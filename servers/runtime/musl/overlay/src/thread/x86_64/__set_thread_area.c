/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: the thread pointer is set by the shim, as arch_prctl(ARCH_SET_FS).
 */
#include "pthread_impl.h"
#include "syscall.h"

#define SET_FS 0x1002

hidden int __set_thread_area(void *base)
{
	return (int)__syscall(SYS_arch_prctl, SET_FS, base);
}
