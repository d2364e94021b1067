/* SPDX-License-Identifier: MIT
 *
 * #PF (vector 14) outside every mapping: SIGSEGV SEGV_MAPERR with the address; error code 4 for reading, 6 for
 * writing, 0x14 for executing.
 */
#include "exceptions.h"

char *fault_address __attribute__((used, visibility("hidden")));

FAULTING(load, "mov fault_address(%rip), %rax\n"
	       "load_at: mov 123(%rax), %ecx");
FAULTING(store, "mov fault_address(%rip), %rax\n"
		"store_at: mov %ecx, 4000(%rax)");
FAULTING(add, "mov fault_address(%rip), %rax\n"
	      "add_at: addl $1, (%rax)");
FAULTING(execute, "mov fault_address(%rip), %rax\n"
		  "execute_at: jmp *%rax");
FAULTING(null, "xor %eax, %eax\n"
	       "null_at: mov (%rax), %ecx");
FAULTING(null_call, "xor %eax, %eax\n"
		    "null_call_at: call *%rax");
FAULTING(near_null, "xor %eax, %eax\n"
		    "near_null_at: mov 0x888(%rax), %ecx");

int main(void)
{
	fault_address = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(munmap(fault_address, 4096));
	fault_page = fault_address;
	fault_constant = 0x888;
	fault_report("load", load, load_at);
	fault_report("store", store, store_at);
	fault_report("read and write", add, add_at);
	fault_report("jump", execute, execute_at);
	fault_report("null pointer", null, null_at);
	fault_report("null call", null_call, null_call_at);
	fault_report("near null", near_null, near_null_at);
	return 0;
}
