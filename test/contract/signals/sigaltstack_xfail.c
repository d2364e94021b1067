/* SPDX-License-Identifier: MIT
 *
 * sigaltstack(2): an SA_ONSTACK handler runs on the alternate stack and returns, a nested one stays on it below,
 * flags tell so, changing it there is EPERM; a stack overflow is survived by it; SS_AUTODISARM works.
 */
#include "contract.h"

#include <setjmp.h>

enum { SIZE = 32768 };

static char memory[SIZE];
static sigjmp_buf escape;
static int depth;

static void handler(int signal_number)
{
	char local;
	stack_t now;
	MUST(sigaltstack(NULL, &now));
	say("%s: local on the alternate stack: %d, ss_flags %d\n", signal_name(signal_number),
	    &local >= memory && &local < memory + SIZE, now.ss_flags);
	if (signal_number == SIGUSR1 && depth++ == 0) {
		CALL(sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, NULL));
		MUST(kill(getpid(), SIGUSR2));
	}
	if (signal_number == SIGSEGV)
		siglongjmp(escape, 1);
}

__attribute__((noinline)) static long overflow(volatile char *up)
{
	volatile char frame[8192];
	frame[0] = *up;
	return up ? overflow(frame) + frame[0] : 0;
}

int main(void)
{
	stack_t old, stack = { .ss_sp = memory, .ss_size = SIZE };
	CALL(sigaltstack(&stack, &old));
	SHOW(old.ss_flags);
	catch_signal(SIGUSR1, handler, SA_ONSTACK);
	catch_signal(SIGUSR2, handler, SA_ONSTACK);
	catch_signal(SIGHUP, handler, 0);
	CALL(kill(getpid(), SIGUSR1));
	CALL(kill(getpid(), SIGHUP));
	CALL(sigaltstack(NULL, &old));
	IS(old.ss_sp == memory && old.ss_size == SIZE && old.ss_flags == 0);
	catch_signal(SIGSEGV, handler, SA_ONSTACK);
	char start_byte = 0;
	if (!sigsetjmp(escape, 1))
		SHOW(overflow(&start_byte));
	CALL(sigaltstack(&(stack_t){ .ss_sp = memory, .ss_size = 100 }, NULL));
	CALL(sigaltstack(&(stack_t){ .ss_sp = memory, .ss_size = SIZE, .ss_flags = 77 }, NULL));
	stack.ss_flags = (int)(1U << 31);
	CALL(sigaltstack(&stack, NULL));
	CALL(kill(getpid(), SIGUSR2));
	CALL(sigaltstack(&(stack_t){ .ss_flags = SS_DISABLE }, &old));
	HEX((unsigned)old.ss_flags);
	CALL(kill(getpid(), SIGUSR2));
	return 0;
}
