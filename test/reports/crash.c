/* SPDX-License-Identifier: MIT */
/*
 * A program that dies in the way its argument names, each after one call that the report must show (chdir to /tmp).
 *
 * Built static, not position independent and without optimisation, so that the test knows symbols and addresses.
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

uint64_t marker = 0x1122334455667788;

static void die_null_call(void)
{
	void (*volatile function)(void) = NULL;
	function();
}

/* mov $0x0b0f.., %eax: one byte into it stands ud2 (0f 0b). */
__asm__(".globl inside_instruction\n"
	"inside_instruction:\n"
	"	.byte 0xb8, 0x0f, 0x0b, 0x90, 0x90\n"
	"	ret\n");
extern const char inside_instruction[];

static void die_jump(void)
{
	void (*volatile function)(void) = (void (*)(void))(uintptr_t)(inside_instruction + 1);
	function();
}

static int recurse(int depth)
{
	volatile char block[4096];
	block[0] = (char)depth;
	return recurse(depth + 1) + block[0];
}

static void die_stack_overflow(void)
{
	struct rlimit small = { 1 << 20, 1 << 20 };
	setrlimit(RLIMIT_STACK, &small);
	recurse(0);
}

static void die_execute_data(void)
{
	unsigned char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	page[16] = 0xc3;
	((void (*)(void))(page + 16))();
}

static void die_misaligned(void)
{
	static char bytes[64] __attribute__((aligned(16)));
	__asm__ volatile("movaps %%xmm0, (%0)" : : "r"(bytes + 1) : "memory");
}

static void die_divide(void)
{
	volatile int zero = 0;
	marker /= (unsigned)zero;
}

static void handler(int number)
{
	(void)number;
	*(volatile int *)0x10 = 1;
}

static void die_in_handler(void)
{
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
}

static void *thread(void *argument)
{
	pause();
	return argument;
}

static void die_threads(void)
{
	pthread_t threads[3];
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, thread, NULL);
	usleep(50000);
	*(volatile int *)(uintptr_t)marker = 1;
}

static void die_blocked(void)
{
	sigset_t set;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	*(volatile int *)0x20 = 1;
}

static void die_big(void)
{
	char *block = malloc(200 << 20);
	for (size_t i = 0; block && i < 200 << 20; i += 4096)
		block[i] = 1;
	abort();
}

static const struct {
	const char *name;
	void (*die)(void);
} ways[] = {
	{ "null_call", die_null_call },
	{ "jump", die_jump },
	{ "stack_overflow", die_stack_overflow },
	{ "execute_data", die_execute_data },
	{ "misaligned", die_misaligned },
	{ "divide", die_divide },
	{ "abort", abort },
	{ "in_handler", die_in_handler },
	{ "threads", die_threads },
	{ "blocked", die_blocked },
	{ "big", die_big },
};

int main(int argc, char **argv)
{
	if (argc < 2 || chdir("/tmp"))
		return 2;
	for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(ways[i].name, argv[1]))
			ways[i].die();
	return 3;
}
