/* SPDX-License-Identifier: MIT
 *
 * mprotect(2): read-write to read-only and back on the middle of three pages, also after fork, when the pages are
 * copy-on-write in both processes: the rights win over the copying, and contents never change.
 */
#include "contract.h"

#include <setjmp.h>

enum { PAGE = 4096 };

static sigjmp_buf escape;
static char *base;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	say("  %s code %d at page %ld\n", signal_name(signal_number), info->si_code,
	    ((char *)info->si_addr - base) / PAGE);
	siglongjmp(escape, 1);
}

static void store(int page, char value)
{
	if (sigsetjmp(escape, 1))
		return;
	((volatile char *)base)[page * PAGE] = value;
	say("  stored %d in page %d\n", value, page);
}

static void round_trip(const char *who)
{
	say("%s\n", who);
	CALL(mprotect(base + PAGE, PAGE, PROT_READ));
	store(0, 21);
	store(1, 22);
	store(2, 23);
	say("  read %d %d %d\n", base[0], base[PAGE], base[2 * PAGE]);
	CALL(mprotect(base + PAGE, PAGE, PROT_READ | PROT_WRITE));
	store(1, 32);
	CALL(mprotect(base, 3 * PAGE, PROT_READ));
	store(2, 33);
	CALL(mprotect(base, 3 * PAGE, PROT_READ | PROT_WRITE));
	say("  read %d %d %d\n", base[0], base[PAGE], base[2 * PAGE]);
}

static int child(void *unused)
{
	(void)unused;
	round_trip("child");
	return 0;
}

int main(void)
{
	catch_signal_info(SIGSEGV, on_fault, 0);
	base = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST((long)base);
	for (int i = 0; i < 3; i++)
		store(i, (char)(i + 11));
	run_child("child", child, NULL);
	say("parent reads %d %d %d\n", base[0], base[PAGE], base[2 * PAGE]);
	round_trip("parent");
	return 0;
}
