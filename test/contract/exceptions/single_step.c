/* SPDX-License-Identifier: MIT
 *
 * #DB (vector 1) with the trap flag: SIGTRAP TRAP_TRACE behind the instruction that followed popf. int1, which TCG
 * does not know, is #UD there.
 */
#include "exceptions.h"

FAULTING(step, "pushf\n"
	       "orl $0x100, (%rsp)\n"
	       "popf\n"
	       "step_at: nop\n"
	       "nop");
FAULTING(icebp, "icebp_at: .byte 0xf1");

int main(void)
{
	fault_report("trap flag", step, step_at);
	fault_report("int1", icebp, icebp_at);
	return 0;
}
