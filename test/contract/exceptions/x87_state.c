/* SPDX-License-Identifier: MIT
 *
 * What a SIGFPE handler finds in the saved floating-point state of its frame: control and status word as the
 * instruction left them, the register stack, and that clearing the exception there lets the program go on with
 * the next instruction.
 */
#include "../contract.h"

#include <ucontext.h>

static volatile int faults;

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	struct _fpstate *state = (struct _fpstate *)frame->uc_mcontext.fpregs;
	faults++;
	say("%s code %d\n", signal_name(signal_number), info->si_code);
	say("control 0x%x status 0x%x tag 0x%x mxcsr 0x%x\n", state->cwd, state->swd & ~0x3800, state->ftw,
	    state->mxcsr);
	say("exponent of the top register 0x%x\n", state->_st[0].exponent);
	state->swd = 0;
	state->cwd = 0x37f;
}

int main(void)
{
	unsigned short control = 0x37b, status = 0xffff, after = 0;
	double result = 0;
	catch_signal_info(SIGFPE, on_fault, 0);
	__asm__ volatile("fninit\n\tfldcw %3\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait\n\tfnstsw %1\n\tfnstcw "
			 "%2\n\tfstp %%st(0)\n\t"
			 "fld1\n\tfld1\n\tfaddp\n\tfstpl %0"
			 : "=m"(result), "=m"(status), "=m"(after)
			 : "m"(control));
	say("status 0x%x control 0x%x, 1 + 1 = %d\n", status & ~0x3800, after, (int)result);
	SHOW(faults);
	return 0;
}
