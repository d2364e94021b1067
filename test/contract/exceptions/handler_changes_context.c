/* SPDX-License-Identifier: MIT
 *
 * A handler's changes to the saved context take effect at its return: it repairs the bad pointer in a register and
 * the instruction is restarted, or moves rip behind it; flags and other registers arrive as changed.
 */
#include "../contract.h"

#include <ucontext.h>

static int value = 77;
static volatile int faults;

static void repairs(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	(void)signal_number;
	(void)info;
	faults++;
	frame->uc_mcontext.gregs[REG_RAX] = (greg_t)(unsigned long)&value;
	frame->uc_mcontext.gregs[REG_R15] = 0x5151;
	frame->uc_mcontext.gregs[REG_EFL] |= 1;
}

static void skips(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	(void)signal_number;
	(void)info;
	faults++;
	frame->uc_mcontext.gregs[REG_RIP] += 2;
}

int main(void)
{
	long loaded = 0, other = 0, carry = 0;
	catch_signal_info(SIGSEGV, repairs, 0);
	__asm__ volatile(
		"xor %%eax, %%eax\n\tclc\n\tmov (%%rax), %%ecx\n\tsbb %%rdx, %%rdx\n\tmov %%r15, %%rsi"
		: "=c"(loaded), "=d"(carry), "=S"(other)
		:
		: "rax", "r15", "cc", "memory");
	say("loaded %d, carry %ld, r15 0x%lx\n", (int)loaded, carry, other);
	catch_signal_info(SIGILL, skips, 0);
	__asm__ volatile("mov $1, %%eax\n\tud2\n\tadd $1, %%eax" : "=a"(loaded));
	say("behind ud2: %ld\n", loaded & 0xffffffff);
	SHOW(faults);
	return 0;
}
