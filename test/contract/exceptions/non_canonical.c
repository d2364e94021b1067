/* SPDX-License-Identifier: MIT
 *
 * Non-canonical addresses: SIGSEGV SI_KERNEL with address 0, by load, store, jump and through the stack pointer.
 * Bit 63 alone is wrong with 48 and with 57 bit addresses.
 */
#include "exceptions.h"

FAULTING(load, "movabs $0x8000000000000000, %rax\n"
	       "load_at: mov (%rax), %ecx");
FAULTING(store, "movabs $0x8000000000000000, %rax\n"
		"store_at: mov %ecx, (%rax)");
FAULTING(by_stack, "mov %rsp, %r13\n"
		   "movabs $0x8000000000000000, %rsp\n"
		   "by_stack_at: pop %rax\n"
		   "mov %r13, %rsp");
FAULTING(by_base, "movabs $0x8000000000000000, %rbp\n"
		  "by_base_at: mov (%rbp), %eax");
FAULTING(jump, "movabs $0x8000000000000000, %rax\n"
	       "jump_at: jmp *%rax");

int main(void)
{
	static char memory[65536];
	MUST(sigaltstack(&(stack_t){ .ss_sp = memory, .ss_size = sizeof(memory) }, NULL));
	fault_constant = 0x8000000000000000;
	fault_report("load", load, load_at);
	fault_report("store", store, store_at);
	fault_report("pop", by_stack, by_stack_at);
	fault_report("load by rbp", by_base, by_base_at);
	fault_report("jump", jump, jump_at);
	return 0;
}
