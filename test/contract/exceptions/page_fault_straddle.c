/* SPDX-License-Identifier: MIT
 *
 * #PF of an access that straddles two pages: the address is the first byte that is missing, and nothing was stored
 * in the first page.
 */
#include "exceptions.h"

char *fault_address __attribute__((used, visibility("hidden")));

FAULTING(load, "mov fault_address(%rip), %rax\n"
	       "load_at: mov 4092(%rax), %rcx");
FAULTING(store, "mov fault_address(%rip), %rax\n"
		"movabs $0x1122334455667788, %rcx\n"
		"store_at: mov %rcx, 4092(%rax)");
FAULTING(string, "mov fault_address(%rip), %rdi\n"
		 "add $4000, %rdi\n"
		 "mov $200, %ecx\n"
		 "mov $0x77, %al\n"
		 "string_at: rep stosb");

int main(void)
{
	fault_address = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(fault_address, 1, 4096);
	MUST(munmap(fault_address + 4096, 4096));
	fault_page = fault_address;
	fault_report("load", load, load_at);
	fault_report("store", store, store_at);
	fault_report("string store", string, string_at);
	say("bytes before the edge: %d %d\n", fault_address[4000], fault_address[4095]);
	return 0;
}
