/* SPDX-License-Identifier: MIT
 *
 * #PF on kernel addresses: SIGSEGV with the address and the protection bit set whether anything is mapped there or
 * not.
 */
#include "exceptions.h"

char *fault_address __attribute__((used, visibility("hidden")));

FAULTING(load, "mov fault_address(%rip), %rax\n"
	       "load_at: mov (%rax), %ecx");
FAULTING(store, "mov fault_address(%rip), %rax\n"
		"store_at: mov %ecx, (%rax)");
FAULTING(execute, "mov fault_address(%rip), %rax\n"
		  "execute_at: jmp *%rax");
FAULTING(top, "mov $-8, %rax\n"
	      "top_at: mov (%rax), %ecx");

int main(void)
{
	fault_address = (char *)0xffff888000000000;
	fault_page = fault_address;
	fault_constant = -8UL;
	fault_report("load", load, load_at);
	fault_report("store", store, store_at);
	fault_report("jump", execute, execute_at);
	fault_report("top of memory", top, top_at);
	return 0;
}
