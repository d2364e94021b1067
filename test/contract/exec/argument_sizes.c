/* SPDX-License-Identifier: MIT
 *
 * How much may be passed to a program: one string up to 128 KiB, all together a quarter of the stack limit; empty lists; and the caller goes
 * on after E2BIG.
 */
#include <sys/resource.h>

#include "../contract.h"

enum { STRING_MAX = 131072, MANY = 200 };

static char *text;

static int passes_one(void *length)
{
	char *arguments[] = { (char *)"/bin/true", text, NULL };
	text[(long)length] = 0;
	CALL(execv("/bin/true", arguments));
	return 9;
}

static int passes_many(void *length)
{
	static char *arguments[MANY + 2];
	text[(long)length] = 0;
	arguments[0] = (char *)"/bin/true";
	for (int i = 1; i <= MANY; i++)
		arguments[i] = text;
	CALL(execv("/bin/true", arguments));
	return 9;
}

static int with_small_stack(void *length)
{
	struct rlimit limit = { 1 << 20, 8 << 20 };
	MUST(setrlimit(RLIMIT_STACK, &limit));
	return passes_many(length);
}

static int passes_nothing(void *unused)
{
	(void)unused;
	DOES(syscall(SYS_execve, "/bin/true", NULL, NULL));
	return 9;
}

int main(void)
{
	text = mmap(NULL, 2 * STRING_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(text, 'a', 2 * STRING_MAX);
	run_child("the longest string", passes_one, (void *)(long)(STRING_MAX - 1));
	run_child("one byte more", passes_one, (void *)(long)STRING_MAX);
	run_child("one million bytes", passes_many, (void *)5000);
	run_child("four million bytes", passes_many, (void *)20000);
	run_child("a quarter of a small stack", with_small_stack, (void *)1200);
	run_child("more than a quarter", with_small_stack, (void *)1400);
	run_child("no lists", passes_nothing, NULL);
	return 0;
}
