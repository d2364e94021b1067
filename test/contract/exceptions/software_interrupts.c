/* SPDX-License-Identifier: MIT
 *
 * int $n of vectors that user mode may not raise: #GP with an error code that names the gate; int $4 is allowed
 * and is #OF, which Linux reports as SIGSEGV.
 */
#include "exceptions.h"

FAULTING(int4, "int4_at: int $4");
FAULTING(int0, "int0_at: int $0");
FAULTING(int1, "int1_at: .byte 0xcd, 1");
FAULTING(int14, "int14_at: int $14");
FAULTING(int32, "int32_at: int $32");
FAULTING(int255, "int255_at: int $255");

int main(void)
{
	fault_report("int $4", int4, int4_at);
	fault_report("int $0", int0, int0_at);
	fault_report("int $1", int1, int1_at);
	fault_report("int $14", int14, int14_at);
	fault_report("int $32", int32, int32_at);
	fault_report("int $255", int255, int255_at);
	return 0;
}
