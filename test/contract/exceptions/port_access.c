/* SPDX-License-Identifier: MIT
 *
 * in and out without permission: #GP, SIGSEGV SI_KERNEL.
 */
#include "exceptions.h"

FAULTING(in_fixed, "in_fixed_at: in $0x64, %al");
FAULTING(out_fixed, "out_fixed_at: out %al, $0x80");
FAULTING(in_string, "mov $0x60, %edx\n"
		    "mov %rsp, %rdi\n"
		    "in_string_at: insb");

int main(void)
{
	fault_report("in", in_fixed, in_fixed_at);
	fault_report("out", out_fixed, out_fixed_at);
	fault_report("ins", in_string, in_string_at);
	return 0;
}
