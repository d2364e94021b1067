/* SPDX-License-Identifier: MIT */
/*
 * Replaces musl's assembly of this name: the cancellation point. Signals do not exist in native programs, so that
 * cancellation is looked at once, before the call; the three labels that musl's cancel handler compares program
 * counters with are never inside anything.
 */
#include "pthread_impl.h"
#include "syscall.h"

hidden long __cancel(void);

hidden const char __cp_begin[1], __cp_end[1], __cp_cancel[1];

hidden long __syscall_cp_asm(volatile void *cancel, syscall_arg_t number, syscall_arg_t a, syscall_arg_t b,
			     syscall_arg_t c, syscall_arg_t d, syscall_arg_t e, syscall_arg_t f)
{
	if (*(volatile int *)cancel)
		return __cancel();
	return __syscall_shim(number, (const long[6]){ a, b, c, d, e, f });
}
