/* SPDX-License-Identifier: MIT
 *
 * Stepping through a sequence with the trap flag: one SIGTRAP for each instruction, a system call and a repeated
 * string instruction included, and none after the flag was cleared; the flag is not set in the handler.
 */
#include "../contract.h"

#include <ucontext.h>

extern char step_begin[], step_end[];
static volatile int steps, in_handler_flag;

static void on_step(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	unsigned long flags;
	(void)signal_number;
	__asm__ volatile("pushf\n\tpop %0" : "=r"(flags));
	in_handler_flag += (flags >> 8 & 1) != 0;
	steps++;
	char *rip = (char *)frame->uc_mcontext.gregs[REG_RIP];
	if (rip >= step_begin && rip <= step_end)
		say("step %d at + %ld code %d\n", steps, (long)(rip - step_begin), info->si_code);
	if (rip >= step_end)
		frame->uc_mcontext.gregs[REG_EFL] &= ~0x100L;
}

int main(void)
{
	char buffer[8] = { 0 };
	long pid = 0;
	catch_signal_info(SIGTRAP, on_step, 0);
	__asm__ volatile(
		"lea -128(%%rsp), %%rsp\n\tpushf\n\torl $0x100, (%%rsp)\n\tpopf\n"
		"step_begin: nop\n\tmov $39, %%eax\n\tsyscall\n\tmov %%rax, %%rdx\n\tmov $3, %%ecx\n\t"
		"rep stosb\n\tnop\n\tstep_end: nop\n\tlea 128(%%rsp), %%rsp"
		: "=d"(pid)
		: "D"(buffer)
		: "rax", "rcx", "r11", "memory", "cc");
	IS(pid == getpid());
	SHOW(in_handler_flag);
	SHOW(steps);
	return 0;
}
