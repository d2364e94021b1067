/* SPDX-License-Identifier: MIT
 *
 * #PF against the rights of a mapping: SIGSEGV SEGV_ACCERR; the error code tells whether the page was present.
 */
#include "exceptions.h"

char *fault_address __attribute__((used, visibility("hidden"))),
	*none_address __attribute__((used, visibility("hidden")));

FAULTING(store, "mov fault_address(%rip), %rax\n"
		"store_at: movb $1, 7(%rax)");
FAULTING(store_fresh, "mov fault_address(%rip), %rax\n"
		      "store_fresh_at: movb $1, 4096(%rax)");
FAULTING(load_none, "mov none_address(%rip), %rax\n"
		    "load_none_at: mov 9(%rax), %ecx");
FAULTING(execute, "mov fault_address(%rip), %rax\n"
		  "execute_at: jmp *%rax");
FAULTING(own_code, "own_code_at: movb $1, own_code_at(%rip)");

int main(void)
{
	fault_address = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	SHOW(*(volatile char *)fault_address);
	none_address = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	*none_address = 1;
	MUST(mprotect(none_address, 4096, PROT_NONE));
	fault_page = fault_address;
	fault_report("store to a present read-only page", store, store_at);
	fault_report("store to an untouched read-only page", store_fresh, store_fresh_at);
	fault_report("load from PROT_NONE", load_none, load_none_at);
	fault_report("execute a present page without the right", execute, execute_at);
	fault_report("store to code", own_code, own_code_at);
	return 0;
}
