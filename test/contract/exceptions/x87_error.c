/* SPDX-License-Identifier: MIT
 *
 * #MF (vector 16): an unmasked x87 exception is reported at the next waiting instruction as SIGFPE with the code
 * of the first unmasked flag and the address of the instruction that waited.
 */
#include "exceptions.h"

FAULTING(invalid, "fninit\n"
		  "pushq $0x37e\n"
		  "fldcw (%rsp)\n"
		  "pop %rax\n"
		  "fldz\n"
		  "fldz\n"
		  "fdivp\n"
		  "invalid_at: fwait");
FAULTING(divide, "fninit\n"
		 "pushq $0x37b\n"
		 "fldcw (%rsp)\n"
		 "pop %rax\n"
		 "fld1\n"
		 "fldz\n"
		 "fdivrp\n"
		 "divide_at: fwait");
FAULTING(too_large, "fninit\n"
		    "pushq $0x377\n"
		    "fldcw (%rsp)\n"
		    "pop %rax\n"
		    "pushq $20000\n"
		    "fildl (%rsp)\n"
		    "fld1\n"
		    "fscale\n"
		    "pop %rax\n"
		    "sub $16, %rsp\n"
		    "too_large_store: fstpl (%rsp)\n"
		    "add $16, %rsp\n"
		    "too_large_at: fwait");
FAULTING(inexact, "fninit\n"
		  "pushq $0x35f\n"
		  "fldcw (%rsp)\n"
		  "pop %rax\n"
		  "fld1\n"
		  "fldpi\n"
		  "fdivrp\n"
		  "inexact_at: fwait");

int main(void)
{
	fault_report("invalid operation", invalid, invalid_at);
	fault_report("division by zero", divide, divide_at);
	fault_report("overflow", too_large, too_large_at);
	fault_report("inexact result", inexact, inexact_at);
	return 0;
}
