/* SPDX-License-Identifier: MIT
 *
 * Loading segment registers: a selector outside the tables is #GP whose error code is the selector, a null stack
 * selector #GP with 0.
 */
#include "exceptions.h"

FAULTING(outside, "mov $0xfff8, %eax\n"
		  "outside_at: mov %eax, %ds");
FAULTING(local, "mov $0x0f, %eax\n"
		"local_at: mov %eax, %es");
FAULTING(null_stack, "xor %eax, %eax\n"
		     "null_stack_at: mov %eax, %ss");

int main(void)
{
	fault_report("ds outside the table", outside, outside_at);
	fault_report("es in an absent local table", local, local_at);
	fault_report("null stack selector", null_stack, null_stack_at);
	return 0;
}
