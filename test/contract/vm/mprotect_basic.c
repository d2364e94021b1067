/* SPDX-License-Identifier: MIT
 *
 * mprotect(2): a read of a PROT_NONE page raises SIGSEGV with SEGV_ACCERR once and the handler that restores
 * access lets the instruction be restarted; system calls into such a page give EFAULT; argument errors.
 */
#include "contract.h"

enum { PAGE = 4096 };

static char *page;
static volatile int faults;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	faults++;
	say("%s code %d at offset %ld\n", signal_name(signal_number), info->si_code,
	    (long)((char *)info->si_addr - page));
	MUST(mprotect(page, PAGE, PROT_READ));
}

int main(void)
{
	page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST((long)page);
	catch_signal_info(SIGSEGV, on_fault, 0);
	strcpy(page + 10, "kept");
	CALL(mprotect(page, PAGE, PROT_NONE));
	int ends[2];
	MUST(pipe(ends));
	CALL(write(ends[1], page + 10, 4));
	SHOW(faults);
	show_bytes("restarted read", page + 10, 4);
	SHOW(faults);
	CALL(write(ends[1], page + 10, 4));
	CALL(read(ends[0], page, 4));
	CALL(mprotect(page, PAGE, PROT_READ | PROT_WRITE));
	CALL(read(ends[0], page, 4));
	show_bytes("read", page, 4);
	CALL(mprotect(page + 1, PAGE, PROT_READ));
	CALL(mprotect(page, 0, PROT_READ));
	CALL(mprotect(page, PAGE, 0x100));
	CALL(munmap(page + PAGE, PAGE));
	CALL(mprotect(page, 2 * PAGE, PROT_READ));
	CALL(mprotect(page, ~0UL - 10, PROT_READ));
	write_file("file", "x");
	int fd = (int)MUST(open("file", O_RDONLY));
	char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	CALL(mprotect(shared, PAGE, PROT_READ | PROT_WRITE));
	SHOW(faults);
	return 0;
}
