/* SPDX-License-Identifier: MIT
 *
 * #DE (vector 0): SIGFPE FPE_INTDIV at the instruction, for division by zero and for a quotient that does not fit,
 * in all operand sizes.
 */
#include "exceptions.h"

FAULTING(zero32, "xor %ecx, %ecx\n"
		 "mov $5, %eax\n"
		 "xor %edx, %edx\n"
		 "zero32_at: div %ecx");
FAULTING(zero64, "xor %ecx, %ecx\n"
		 "mov $5, %eax\n"
		 "xor %edx, %edx\n"
		 "zero64_at: idiv %rcx");
FAULTING(zero8, "xor %ecx, %ecx\n"
		"mov $5, %eax\n"
		"zero8_at: div %cl");
FAULTING(overflow, "mov $0x80000000, %eax\n"
		   "cltd\n"
		   "mov $-1, %ecx\n"
		   "overflow_at: idiv %ecx");

int main(void)
{
	fault_report("32 bit by zero", zero32, zero32_at);
	fault_report("64 bit by zero", zero64, zero64_at);
	fault_report("8 bit by zero", zero8, zero8_at);
	fault_report("smallest by -1", overflow, overflow_at);
	return 0;
}
