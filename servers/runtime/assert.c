/* SPDX-License-Identifier: MIT */
/*
 * What a failed assert of native code does: one line in the log, then the program ends. The libc's own would pull in
 * printf, and with it the FPU.
 */
#include <assert.h>
#include <stdlib.h>

#include "runtime/log.h"

_Noreturn void __assert_fail(const char *expression, const char *file, int line, const char *function)
{
	log_error("%s:%d: %s: assertion failed: %s", file, line, function, expression);
	_Exit(134);
}
