/* SPDX-License-Identifier: MIT
 *
 * brk(2): the break starts non-zero, grows by the exact amount asked for, the new bytes are zero and writable,
 * and a break below the start of the heap or into the sky is refused by returning the old one.
 */
#include "contract.h"

static char *set_break(unsigned long address)
{
	return (char *)syscall(SYS_brk, address);
}

int main(void)
{
	char *first = set_break(0);
	IS(first != NULL);
	char *grown = set_break((unsigned long)first + 8192);
	IS(grown == first + 8192);
	int dirty = 0;
	for (char *p = first; p < grown; p++)
		dirty += *p != 0;
	SHOW(dirty);
	memset(first, 0x5a, 8192);
	IS(first[0] == 0x5a && first[8191] == 0x5a);
	IS(set_break(0) == grown);
	IS(set_break(4096) == grown);
	IS(set_break(0x7fffffffffffUL) == grown);
	IS(set_break(~0UL) == grown);
	IS(set_break((unsigned long)first + 100) == first + 100);
	IS(set_break((unsigned long)first + 8192) == first + 8192);
	say("after shrink to 100 and growth: [50] %d, [5000] %d\n", first[50], first[5000]);
	return 0;
}
