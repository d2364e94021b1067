/* SPDX-License-Identifier: MIT
 *
 * #UD (vector 6): SIGILL ILL_ILLOPN at the instruction, for ud2, another undefined encoding and instructions that
 * 64-bit mode lacks.
 */
#include "exceptions.h"

FAULTING(ud2, "ud2_at: ud2");
FAULTING(ud0, "ud0_at: .byte 0x0f, 0xff, 0xc0");
FAULTING(push_es, "push_es_at: .byte 0x06");
FAULTING(into, "into_at: .byte 0xce");

int main(void)
{
	fault_report("ud2", ud2, ud2_at);
	fault_report("ud0", ud0, ud0_at);
	fault_report("push es", push_es, push_es_at);
	fault_report("into", into, into_at);
	return 0;
}
