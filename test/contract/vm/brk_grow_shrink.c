/* SPDX-License-Identifier: MIT
 *
 * brk(2): pages between the break and the end of its page stay usable, shrinking unmaps whole pages at once (a
 * touch behind them faults), and the break grows back over fresh zero pages. A child inherits the break.
 */
#include "contract.h"

#include <setjmp.h>

static sigjmp_buf escape;

static void on_fault(int signal_number)
{
	siglongjmp(escape, signal_number);
}

static const char *touch(volatile char *p)
{
	int caught = sigsetjmp(escape, 1);
	if (caught)
		return signal_name(caught);
	*p = 1;
	return "touched";
}

static int child_grows(void *base)
{
	char *now = (char *)syscall(SYS_brk, 0);
	IS(now == (char *)base);
	IS((char *)syscall(SYS_brk, now + 4096) == now + 4096);
	return 3;
}

int main(void)
{
	catch_signal(SIGSEGV, on_fault, 0);
	char *base = (char *)syscall(SYS_brk, 0);
	base = (char *)(((unsigned long)base + 4095) & ~4095UL);
	IS((char *)syscall(SYS_brk, base) == base);
	TEXT(touch(base));
	IS((char *)syscall(SYS_brk, base + 4096) == base + 4096);
	SHOW(base[0] | base[4095]);
	TEXT(touch(base));
	TEXT(touch(base + 4095));
	TEXT(touch(base + 4096));
	IS((char *)syscall(SYS_brk, base + 1) == base + 1);
	TEXT(touch(base + 4095));
	IS((char *)syscall(SYS_brk, base) == base);
	TEXT(touch(base));
	IS((char *)syscall(SYS_brk, base + 4096) == base + 4096);
	SHOW(base[0] | base[4095]);
	run_child("child", child_grows, base + 4096);
	IS((char *)syscall(SYS_brk, 0) == base + 4096);
	return 0;
}
