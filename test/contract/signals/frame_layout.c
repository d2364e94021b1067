/* SPDX-License-Identifier: MIT
 *
 * The signal frame, byte for byte: restorer at the stack's top, alignment, the red zone of 128 bytes spared, siginfo
 * and context where the ABI puts them, saved segment registers, the floating-point state with its magic numbers and
 * size, the extended state's feature bits.
 */
#include "../contract.h"

#include <ucontext.h>

struct software_bytes {
	uint32_t magic1, extended_size;
	uint64_t features;
	uint32_t state_size, padding[7];
};

static unsigned long interrupted_rsp;

static void handler(int signal_number, siginfo_t *info, void *context)
{
	ucontext_t *frame = context;
	unsigned long entry = (unsigned long)__builtin_frame_address(0) + 8,
		      state = (unsigned long)frame->uc_mcontext.fpregs;
	struct software_bytes software;
	(void)signal_number;
	say("rsp at entry modulo 16: %lu\n", entry % 16);
	say("context behind the return address %ld, siginfo behind the context %ld\n",
	    (long)((unsigned long)context - entry), (long)((unsigned long)info - (unsigned long)context));
	say("flags 0x%lx, link %d, stack flags %d\n", frame->uc_flags, frame->uc_link != NULL,
	    frame->uc_stack.ss_flags);
	interrupted_rsp = (unsigned long)frame->uc_mcontext.gregs[REG_RSP];
	IS(state > (unsigned long)info && state + 512 <= interrupted_rsp - 128);
	say("floating-point state modulo 64: %lu\n", state % 64);
	unsigned long segments = (unsigned long)frame->uc_mcontext.gregs[REG_CSGSFS];
	say("cs 0x%lx, gs 0x%lx, fs 0x%lx, ss 0x%lx\n", segments & 0xffff, segments >> 16 & 0xffff,
	    segments >> 32 & 0xffff, segments >> 48);
	memcpy(&software, (char *)state + 464, sizeof(software));
	uint32_t magic2 = 0;
	IS(software.magic1 == 0x46505853);
	IS(software.extended_size == software.state_size + 4);
	memcpy(&magic2, (char *)state + software.extended_size - 4, 4);
	IS(magic2 == 0x46505845);
	HEX(software.features & 7);
	uint64_t header[8];
	memcpy(header, (char *)state + 512, sizeof(header));
	IS((header[0] & ~software.features) == 0);
	say("rest of the extended header: %llx %llx\n", (unsigned long long)header[1],
	    (unsigned long long)header[2]);
	HEX(frame->uc_mcontext.gregs[REG_OLDMASK]);
	SHOW(sigismember(&frame->uc_sigmask, SIGHUP));
}

int main(void)
{
	unsigned char red_zone[8] = { 0 };
	unsigned long rsp = 0;
	catch_signal_info(SIGUSR1, handler, 0);
	block_signal(SIGHUP);
	__asm__ volatile("mov %%rsp, %1\n\tmovb $0x11, -1(%%rsp)\n\tmovb $0x22, -128(%%rsp)\n\tmov $39, "
			 "%%eax\n\tsyscall\n\t"
			 "mov %%eax, %%edi\n\tmov $10, %%esi\n\tmov $62, %%eax\n\tsyscall\n\t"
			 "mov -1(%%rsp), %%al\n\tmov %%al, %0\n\tmov -128(%%rsp), %%al\n\tmov %%al, 1+%0"
			 : "=m"(red_zone), "=&r"(rsp)
			 :
			 : "rax", "rdi", "rsi", "rcx", "r11", "memory");
	say("red zone 0x%x 0x%x\n", red_zone[0], red_zone[1]);
	IS(interrupted_rsp == rsp);
	return 0;
}
