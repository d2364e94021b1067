/* SPDX-License-Identifier: MIT
 *
 * rseq(2): a critical section in which another process got the CPU is aborted, though neither a call nor a signal is involved;
 * so counters that are only changed in critical sections are exact without any atomic instruction.
 */
#include "contract.h"

#define SIGNATURE 0x53053053
#define WORKERS 4
#define ROUNDS 3000
#define SPIN 3000

struct rseq_area {
	uint32_t cpu_id_start, cpu_id;
	uint64_t section;
	uint32_t flags;
	uint32_t padding[3];
} __attribute__((aligned(32)));

static struct rseq_area area;

/* Adds 1 to counters[cpu] after `spin` turns in the section: 0 done, 1 aborted. */
long rseq_add(struct rseq_area *where, long *counters, long spin);

__asm__(".pushsection .data\n"
	".balign 32\n"
	"rseq_descriptor: .long 0, 0\n"
	".quad rseq_start, rseq_commit - rseq_start, rseq_abort\n"
	".popsection\n"
	".globl rseq_add\n"
	"rseq_add: lea rseq_descriptor(%rip), %rax\n"
	"mov %rax, 8(%rdi)\n"
	"rseq_start: mov 4(%rdi), %eax\n"
	"lea (%rsi, %rax, 8), %rcx\n"
	"mov (%rcx), %r8\n"
	"inc %r8\n"
	"0: dec %rdx\n"
	"jnz 0b\n"
	"mov %r8, (%rcx)\n"
	"rseq_commit: movq $0, 8(%rdi)\n"
	"xor %eax, %eax\n"
	"ret\n"
	".long 0x53053053\n"
	"rseq_abort: mov $1, %eax\n"
	"ret\n");

static long register_area(void)
{
	return syscall(SYS_rseq, &area, sizeof(area), 0, SIGNATURE);
}

static int spin_forever(void *unused)
{
	(void)unused;
	for (volatile long i = 0;; i++)
		;
	return 0;
}

/* Long enough for many slices: with a rival it cannot end but by an abort. */
static void rival(void)
{
	long counters[64] = { 0 }, aborted = 0;
	pid_t child = start(spin_forever, NULL);
	for (int i = 0; i < 5; i++)
		aborted += rseq_add(&area, counters, 20000000000);
	kill(child, SIGKILL);
	reap("rival", child);
	SHOW(aborted);
	SHOW(area.section);
	SHOW(counters[0]);
	SHOW(rseq_add(&area, counters, 10));
	long sum = 0;
	for (int i = 0; i < 64; i++)
		sum += counters[i];
	SHOW(sum);
}

static int work(void *counters)
{
	for (int i = 0; i < ROUNDS; i++)
		while (rseq_add(&area, counters, SPIN))
			;
	return 0;
}

static void exact(void)
{
	long *counters = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), sum = 0;
	pid_t workers[WORKERS];
	for (int i = 0; i < WORKERS; i++)
		workers[i] = start(work, counters);
	for (int i = 0; i < WORKERS; i++)
		MUST(waitpid(workers[i], NULL, 0));
	for (int i = 0; i < 64; i++)
		sum += counters[i];
	SHOW(sum);
}

int main(void)
{
	CALL(register_area());
	rival();
	exact();
	CALL(syscall(SYS_rseq, &area, sizeof(area), 1, SIGNATURE));
	return 0;
}
