/* SPDX-License-Identifier: MIT
 *
 * #BP (vector 3): SIGTRAP SI_KERNEL behind the instruction, for int3 and for the two-byte int $3.
 */
#include "exceptions.h"

FAULTING(int3, "int3_at: int3");
FAULTING(int_3, "int_3_at: .byte 0xcd, 3");

int main(void)
{
	fault_report("int3", int3, int3_at);
	fault_report("int $3", int_3, int_3_at);
	return 0;
}
