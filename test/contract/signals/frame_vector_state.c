/* SPDX-License-Identifier: MIT
 *
 * A handler sees the interrupted vector registers in its frame and may change them: new values arrive at its return,
 * also the upper halves of ymm; mxcsr likewise; the handler itself starts with default control words.
 */
#include "../contract.h"

#include <cpuid.h>
#include <ucontext.h>

static bool has_avx;
static volatile int wrong;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	unsigned char *state = (unsigned char *)frame->uc_mcontext.fpregs;
	uint64_t low[2], high[2] = { 0, 0 };
	unsigned mxcsr = 0;
	unsigned short control = 0;
	(void)signal_number;
	(void)info;
	__asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
	say("in the handler: mxcsr 0x%x, control 0x%x\n", mxcsr, control);
	memcpy(low, state + 160 + 3 * 16, 16);
	if (has_avx)
		memcpy(high, state + 576 + 3 * 16, 16);
	wrong += low[0] != 0x1111111111111111 || low[1] != 0x2222222222222222;
	wrong += has_avx && (high[0] != 0x3333333333333333 || high[1] != 0x4444444444444444);
	memcpy(state + 160 + 3 * 16, (uint64_t[2]){ 0xaaaa, 0xbbbb }, 16);
	if (has_avx)
		memcpy(state + 576 + 3 * 16, (uint64_t[2]){ 0xcccc, 0xdddd }, 16);
	memcpy(state + 24, &(unsigned){ 0x3f80 }, 4);
}

int main(void)
{
	static uint64_t in[4] = { 0x1111111111111111, 0x2222222222222222, 0x3333333333333333,
				  0x4444444444444444 },
			out[4];
	unsigned a = 0, b = 0, c = 0, d = 0, mxcsr = 0x5f80, after = 0;
	long pid = getpid();
	__get_cpuid(1, &a, &b, &c, &d);
	has_avx = (c & bit_AVX) && (c & bit_OSXSAVE);
	catch_signal_info(SIGUSR1, handler, 0);
	if (has_avx)
		__asm__ volatile("ldmxcsr %2\n\tvmovdqu %3, %%ymm3\n\tsyscall\n\tvmovdqu %%ymm3, "
				 "%0\n\tstmxcsr %1\n\tvzeroupper"
				 : "=m"(out), "=m"(after)
				 : "m"(mxcsr), "m"(in), "a"(62L), "D"(pid), "S"(10L)
				 : "rcx", "r11", "xmm3", "memory");
	else
		__asm__ volatile(
			"ldmxcsr %2\n\tmovdqu %3, %%xmm3\n\tsyscall\n\tmovdqu %%xmm3, %0\n\tstmxcsr %1"
			: "=m"(out), "=m"(after)
			: "m"(mxcsr), "m"(in), "a"(62L), "D"(pid), "S"(10L)
			: "rcx", "r11", "xmm3", "memory");
	SHOW(wrong);
	say("AVX %d: %llx %llx %llx %llx, mxcsr 0x%x\n", has_avx, (unsigned long long)out[0],
	    (unsigned long long)out[1], (unsigned long long)out[2], (unsigned long long)out[3], after);
	return 0;
}
