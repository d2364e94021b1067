/* SPDX-License-Identifier: MIT
 *
 * #PF on a page of a mapping behind the end of its file: SIGBUS BUS_ADRERR with the address.
 */
#include "exceptions.h"

char *fault_address __attribute__((used, visibility("hidden")));

FAULTING(load, "mov fault_address(%rip), %rax\n"
	       "load_at: mov 4096(%rax), %ecx");
FAULTING(store, "mov fault_address(%rip), %rax\n"
		"store_at: mov %ecx, 5000(%rax)");

int main(void)
{
	write_file("file", "x");
	int fd = (int)MUST(open("file", O_RDWR));
	fault_address = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	MUST((long)fault_address);
	fault_page = fault_address;
	fault_report("load", load, load_at);
	fault_report("store", store, store_at);
	return 0;
}
