/* SPDX-License-Identifier: MIT
 *
 * munmap(2): the middle page of three goes, the ends stay; touching the hole faults with SEGV_MAPERR, unmapping
 * a hole is no error, a range over several mappings and holes goes at once, bad arguments are EINVAL.
 */
#include "contract.h"

#include <setjmp.h>

enum { PAGE = 4096, RW = PROT_READ | PROT_WRITE, ANON = MAP_PRIVATE | MAP_ANONYMOUS };

static sigjmp_buf escape;
static char *base;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	say("%s code %d at %ld\n", signal_name(signal_number), info->si_code,
	    (long)((char *)info->si_addr - base));
	siglongjmp(escape, 1);
}

static void touch(int offset)
{
	if (!sigsetjmp(escape, 1))
		say("[%d] = %d\n", offset, ((volatile char *)base)[offset]);
}

int main(void)
{
	catch_signal_info(SIGSEGV, on_fault, 0);
	base = mmap(NULL, 6 * PAGE, RW, ANON, -1, 0);
	MUST((long)base);
	memset(base, 4, 6 * PAGE);
	CALL(munmap(base + PAGE, PAGE));
	touch(0);
	touch(PAGE - 1);
	touch(PAGE);
	touch(2 * PAGE - 1);
	touch(2 * PAGE);
	CALL(munmap(base + PAGE, PAGE));
	CALL(mprotect(base + 3 * PAGE, PAGE, PROT_READ));
	CALL(munmap(base + PAGE, 3 * PAGE));
	touch(2 * PAGE);
	touch(3 * PAGE);
	touch(4 * PAGE);
	CALL(munmap(base + 1, PAGE));
	CALL(munmap(base, 0));
	CALL(munmap(base + 4 * PAGE, 1));
	touch(4 * PAGE);
	touch(5 * PAGE);
	CALL(munmap((void *)0xffff800000000000, PAGE));
	CALL(munmap(base, ~0UL - PAGE));
	CALL(access(base + PAGE, F_OK));
	return 0;
}
