/* SPDX-License-Identifier: MIT
 *
 * rseq(2): registration fills in the CPU number, a second or mismatching one is refused, unregistering works, and
 * a critical section that a signal interrupts continues at its abort handler.
 */
#include "contract.h"

struct section {
	uint32_t version, flags;
	uint64_t start, length, abort;
} __attribute__((aligned(32)));

struct area {
	uint32_t cpu_id_start, cpu_id;
	uint64_t section;
	uint32_t flags, padding[3];
} __attribute__((aligned(32)));

enum { SIGNATURE = 0x53053053 };

static struct area area, other;
static struct section section;

static long rseq(void *place, long length, int flags, unsigned signature)
{
	return syscall(SYS_rseq, place, length, flags, signature);
}

static void handler(int signal_number)
{
	(void)signal_number;
}

/* Enters a critical section that spins for ever; only its abort handler leaves it. */
static int spin_until_aborted(void)
{
	int aborted = 0;
	__asm__ volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, 8(%2)\n\t"
			 "movq $(2f-1f), 16(%2)\n\t"
			 "lea 3f(%%rip), %%rax\n\tmov %%rax, 24(%2)\n\t"
			 "mov %2, 8(%1)\n\t"
			 "1: pause\n\tjmp 1b\n\t2: nop\n\tjmp 4f\n\t"
			 ".long 0x53053053\n\t"
			 "3: movl $1, %0\n\t4:\n\t"
			 : "+m"(aborted)
			 : "r"(&area), "r"(&section)
			 : "rax", "memory");
	return aborted;
}

int main(void)
{
	area.cpu_id = (uint32_t)-1;
	CALL(rseq(NULL, 32, 0, SIGNATURE));
	CALL(rseq(&area, 31, 0, SIGNATURE));
	CALL(rseq((char *)&area + 8, 32, 0, SIGNATURE));
	CALL(rseq(&area, 32, 2, SIGNATURE));
	CALL(rseq(&area, 32, 1, SIGNATURE));
	CALL(rseq(&area, 32, 0, SIGNATURE));
	IS(area.cpu_id == (uint32_t)sched_getcpu() && area.cpu_id_start == area.cpu_id);
	CALL(rseq(&area, 32, 0, SIGNATURE));
	CALL(rseq(&area, 32, 0, SIGNATURE + 1));
	CALL(rseq(&other, 32, 0, SIGNATURE));
	catch_signal(SIGALRM, handler, 0);
	alarm(1);
	SHOW(spin_until_aborted());
	SHOW(area.section);
	CALL(rseq(&area, 32, 1, SIGNATURE + 1));
	CALL(rseq(&area, 32, 1, SIGNATURE));
	SHOW((int)area.cpu_id);
	CALL(rseq(&area, 32, 1, SIGNATURE));
	return 0;
}
