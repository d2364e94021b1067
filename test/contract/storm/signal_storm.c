/* SPDX-License-Identifier: MIT
 *
 * Signals between blocking calls leave every register intact. A child sends N signals (first argument), one after
 * the other, each when the one before was handled. The main program loads all general registers, the x87 stack,
 * control words and the vector registers (with AVX where the processor has it) with patterns, makes a call that
 * blocks (read, poll, nanosleep, futex and pause in turn) or computes, and compares everything afterwards. The
 * handler destroys all of it in between.
 */
#include "../contract.h"

#include <cpuid.h>
#include <poll.h>

struct image {
	uint64_t general[16];
	uint64_t x87[8];
	uint8_t vector[16][32];
	uint32_t mxcsr;
	uint16_t control;
	uint16_t padding;
	uint64_t flags;
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct image, x87) == 128 && offsetof(struct image, vector) == 192 &&
		       offsetof(struct image, mxcsr) == 704 && offsetof(struct image, control) == 708 &&
		       offsetof(struct image, flags) == 712,
	       "storm_round knows these");

static struct image wanted, found;
static bool has_avx;
static volatile int handled;
static int acknowledge[2], silent[2];

/* In: wanted. Loads everything, runs one system call (or, for rax of all ones, a loop of rcx rounds), stores found. */
void storm_round(void);
__asm__(".text\nstorm_round:\n"
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"fninit\nfldcw wanted+708(%rip)\nldmxcsr wanted+704(%rip)\n"
	"fldl wanted+128(%rip)\nfldl wanted+136(%rip)\nfldl wanted+144(%rip)\nfldl wanted+152(%rip)\n"
	"fldl wanted+160(%rip)\nfldl wanted+168(%rip)\nfldl wanted+176(%rip)\nfldl wanted+184(%rip)\n"
	"cmpb $0, has_avx(%rip)\nje 1f\n"
	".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nvmovdqu wanted+192+32*\\n(%rip), %ymm\\n\n.endr\njmp "
	"2f\n1:\n"
	".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nmovdqu wanted+192+32*\\n(%rip), %xmm\\n\n.endr\n2:\n"
	"mov wanted+8(%rip), %rbx\nmov wanted+16(%rip), %rcx\nmov wanted+24(%rip), %rdx\nmov "
	"wanted+32(%rip), %rsi\n"
	"mov wanted+40(%rip), %rdi\nmov wanted+48(%rip), %rbp\nmov wanted+64(%rip), %r8\nmov "
	"wanted+72(%rip), %r9\n"
	"mov wanted+80(%rip), %r10\nmov wanted+88(%rip), %r11\nmov wanted+96(%rip), %r12\nmov "
	"wanted+104(%rip), %r13\n"
	"mov wanted+112(%rip), %r14\nmov wanted+120(%rip), %r15\nmov wanted(%rip), %rax\nmov %rsp, "
	"found+56(%rip)\n"
	"cmp $-1, %rax\nje 3f\npush wanted+712(%rip)\npopf\nsyscall\njmp 4f\n"
	"3: push wanted+712(%rip)\npopf\n5: lea -1(%rcx), %rcx\njrcxz 4f\njmp 5b\n4:\n"
	"pushf\npop found+712(%rip)\nsub %rsp, found+56(%rip)\n"
	"mov %rax, found(%rip)\nmov %rbx, found+8(%rip)\nmov %rcx, found+16(%rip)\nmov %rdx, found+24(%rip)\n"
	"mov %rsi, found+32(%rip)\nmov %rdi, found+40(%rip)\nmov %rbp, found+48(%rip)\nmov %r8, "
	"found+64(%rip)\n"
	"mov %r9, found+72(%rip)\nmov %r10, found+80(%rip)\nmov %r11, found+88(%rip)\nmov %r12, "
	"found+96(%rip)\n"
	"mov %r13, found+104(%rip)\nmov %r14, found+112(%rip)\nmov %r15, found+120(%rip)\ncld\n"
	"fnstcw found+708(%rip)\nstmxcsr found+704(%rip)\n"
	"fstpl found+184(%rip)\nfstpl found+176(%rip)\nfstpl found+168(%rip)\nfstpl found+160(%rip)\n"
	"fstpl found+152(%rip)\nfstpl found+144(%rip)\nfstpl found+136(%rip)\nfstpl found+128(%rip)\n"
	"cmpb $0, has_avx(%rip)\nje 6f\n"
	".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nvmovdqu %ymm\\n, "
	"found+192+32*\\n(%rip)\n.endr\nvzeroupper\njmp 7f\n6:\n"
	".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\nmovdqu %xmm\\n, found+192+32*\\n(%rip)\n.endr\n7:\n"
	"fninit\nmovl $0x1f80, -8(%rsp)\nldmxcsr -8(%rsp)\n"
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");

static void handler(int signal_number)
{
	(void)signal_number;
	handled++;
	__asm__ volatile(
		"fninit\n\tfldpi\n\tfldpi\n\tpushq $0x5f80\n\tldmxcsr (%%rsp)\n\tpop %%rax\n\t"
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\tpcmpeqd %%xmm\\n, %%xmm\\n\n\t.endr\n\t"
		"mov $-1, %%rbx\n\tmov %%rbx, %%rcx\n\tmov %%rbx, %%rdx\n\tmov %%rbx, %%rsi\n\tmov %%rbx, "
		"%%rdi\n\t"
		"mov %%rbx, %%r8\n\tmov %%rbx, %%r9\n\tmov %%rbx, %%r10\n\tmov %%rbx, %%r11\n\tmov %%rbx, "
		"%%r12\n\t"
		"mov %%rbx, %%r13\n\tmov %%rbx, %%r14\n\tmov %%rbx, %%r15"
		:
		:
		: "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
		  "r15", "memory", "cc");
	if (has_avx)
		__asm__ volatile("vzeroall");
	char byte = 'a';
	if (write(acknowledge[1], &byte, 1) != 1)
		_exit(98);
}

static int sender(void *count)
{
	char byte;
	pid_t parent = getppid();
	for (long i = 0; i < *(long *)count; i++) {
		MUST(kill(parent, SIGUSR1));
		if (read(acknowledge[0], &byte, 1) != 1)
			return 1;
		if (i % 7 == 0)
			sched_yield();
	}
	return 0;
}

static void fill(unsigned round)
{
	uint64_t seed = round * 0x9e3779b97f4a7c15 + 1;
	for (int i = 0; i < 16; i++)
		wanted.general[i] = seed * (unsigned)(i + 3) ^ seed >> 17;
	for (int i = 0; i < 8; i++)
		wanted.x87[i] = 0x3ff0000000000000 | ((seed * (unsigned)(i + 11)) >> 12);
	for (int i = 0; i < 16 * 32; i++)
		wanted.vector[i / 32][i % 32] = (uint8_t)((seed >> (i % 56)) + (unsigned)i);
	wanted.mxcsr = 0x1f80 | (round % 4) << 13;
	wanted.control = (uint16_t)(0x037f | (round % 4) << 10);
	wanted.flags = 0x202 | (round & 1 ? 0x8d5 : 0);
}

static void arguments(long number, long one, long two, long three, long four)
{
	wanted.general[0] = (uint64_t)number;
	wanted.general[5] = (uint64_t)one;
	wanted.general[4] = (uint64_t)two;
	wanted.general[3] = (uint64_t)three;
	wanted.general[10] = (uint64_t)four;
}

/* What the round does; returns the results that are right for it, as two values. */
static void choose(unsigned round)
{
	static char byte;
	static struct pollfd poll_fd;
	static struct timespec time;
	static int word;
	poll_fd = (struct pollfd){ silent[0], POLLIN, 0 };
	time = (struct timespec){ 0, 2000000 };
	switch (round % 6) {
	case 0: arguments(SYS_nanosleep, (long)&time, 0, 9, 9); break;
	case 1: arguments(SYS_poll, (long)&poll_fd, 1, 2, 9); break;
	case 2: arguments(SYS_futex, (long)&word, 0, 0, (long)&time); break;
	case 3: arguments(SYS_read, silent[0], (long)&byte, 1, 9); break;
	case 4: arguments(SYS_pause, 9, 9, 9, 9); break;
	default: arguments(-1, 9, 9, 9, 9); wanted.general[2] = 200000;
	}
}

static bool result_is_right(unsigned round, int before)
{
	long result = (long)found.general[0];
	bool interrupted = handled != before && result == -EINTR;
	switch (round % 6) {
	case 0:
	case 1: return result == 0 || interrupted;
	case 2: return result == -ETIMEDOUT || interrupted;
	case 3:
	case 4: return interrupted;
	default: return result == -1 && found.general[2] == 0;
	}
}

static int differences(unsigned round)
{
	int count = 0;
	for (int i = 1; i < 16; i++)
		if (i != 2 && i != 7 && i != 11)
			count += wanted.general[i] != found.general[i];
	count += found.general[7] != 0;
	count += round % 6 == 5 && wanted.general[11] != found.general[11];
	count += memcmp(wanted.x87, found.x87, sizeof(wanted.x87)) != 0;
	for (int i = 0; i < 16; i++)
		count += memcmp(wanted.vector[i], found.vector[i], has_avx ? 32 : 16) != 0;
	count += ((wanted.mxcsr ^ found.mxcsr) & ~0x3fU) != 0;
	count += wanted.control != found.control;
	count += round % 6 != 5 && ((wanted.flags ^ found.flags) & 0x8d5) != 0;
	return count;
}

/* A blocking call without an end of its own may only start while many signals are still to come: some may arrive
 * between this test and the call. */
static bool would_hang(unsigned round, long target)
{
	return (round % 6 == 3 || round % 6 == 4) && handled >= target - 100;
}

static void start_sender(long *count, pid_t *child)
{
	block_signal(SIGUSR1);
	*child = start(sender, count);
	unblock_signal(SIGUSR1);
}

int main(int argc, char **argv)
{
	long count = argc > 1 ? atol(argv[1]) : 1000;
	unsigned a, b, c, d;
	pid_t child;
	long damaged = 0, wrong = 0;
	has_avx = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_AVX) && (c & bit_OSXSAVE);
	MUST(pipe(acknowledge) | pipe(silent));
	catch_signal(SIGUSR1, handler, 0);
	start_sender(&count, &child);
	for (unsigned round = 0; handled < count; round++) {
		if (would_hang(round, count))
			continue;
		fill(round);
		choose(round);
		int before = handled;
		storm_round();
		damaged += differences(round) != 0;
		wrong += !result_is_right(round, before);
	}
	reap("sender", child);
	say("handled %d signals, AVX %d\n", handled, has_avx);
	say("rounds with damaged registers: %ld\n", damaged);
	say("calls with a wrong result: %ld\n", wrong);
	return 0;
}
