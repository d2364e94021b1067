/* SPDX-License-Identifier: MIT */
/*
 * What a failed assert of native code does: one line in the log, then a fault, so that the kernel's report shows where. The
 * libc's own would pull in printf, and with it the FPU.
 */
#include <assert.h>

#include "runtime/log.h"

_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function)
{
	log_error("%s:%d: %s: assertion failed: %s", file, line, function, expression);
	__builtin_trap();
}
