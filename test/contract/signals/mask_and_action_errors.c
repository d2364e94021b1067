/* SPDX-License-Identifier: MIT
 *
 * rt_sigprocmask and rt_sigaction, called raw: what is checked first, what has happened when the old value cannot be
 * written, what cannot be changed, and pages that are shared copy-on-write or were never touched.
 */
#include "../contract.h"

#define BAD ((void *)8)

struct action {
	uint64_t handler, flags, restorer, mask;
};

static long mask(int how, const void *set, void *old, size_t bytes)
{
	return syscall(SYS_rt_sigprocmask, how, set, old, bytes);
}

static long action(int number, const void *fresh, void *old, size_t bytes)
{
	return syscall(SYS_rt_sigaction, number, fresh, old, bytes);
}

static uint64_t mask_now(void)
{
	uint64_t now = 0;
	MUST(mask(SIG_BLOCK, NULL, &now, 8));
	return now;
}

static void masks(void)
{
	uint64_t set = 0x30003, all = ~0ull, old;
	CALL(mask(SIG_SETMASK, &set, NULL, 8));
	HEX(mask_now());
	set = 0x10;
	CALL(mask(SIG_BLOCK, &set, &old, 8));
	HEX(old);
	set = 0x30000;
	CALL(mask(SIG_UNBLOCK, &set, BAD, 8));
	HEX(mask_now());
	CALL(mask(7, &set, NULL, 8));
	CALL(mask(7, NULL, &old, 8));
	CALL(mask(-1, BAD, NULL, 8));
	CALL(mask(SIG_SETMASK, &set, NULL, 16));
	CALL(mask(SIG_SETMASK, BAD, NULL, 4));
	CALL(mask(SIG_SETMASK, &all, &all, 8));
	HEX(all);
	HEX(mask_now());
	set = 0;
	CALL(mask(SIG_SETMASK, &set, NULL, 8));
}

static void show_action(int number)
{
	struct action now = { 1, 1, 1, 1 };
	MUST(action(number, NULL, &now, 8));
	say("action of %d: %llx %llx %llx %llx\n", number, (unsigned long long)now.handler,
	    (unsigned long long)now.flags, (unsigned long long)now.restorer, (unsigned long long)now.mask);
}

static void actions(void)
{
	struct action fresh = { 0x1000, SA_RESTART | 0x04000000, 0x2000, ~0ull }, old;
	CALL(action(SIGUSR1, &fresh, NULL, 8));
	show_action(SIGUSR1);
	fresh = (struct action){ 0x3000, ~0ull & ~0x400ull, 0x4000, 1 };
	CALL(action(SIGUSR1, &fresh, BAD, 8));
	show_action(SIGUSR1);
	CALL(action(SIGUSR1, &fresh, &fresh, 8));
	HEX(fresh.handler);
	CALL(action(64, &fresh, &old, 8));
	CALL(action(64, &fresh, &old, 8));
	HEX(old.handler);
	CALL(action(65, NULL, &old, 8));
	CALL(action(0, NULL, &old, 8));
	CALL(action(-1, NULL, NULL, 8));
	CALL(action(SIGKILL, &fresh, NULL, 8));
	CALL(action(SIGSTOP, &fresh, NULL, 8));
	CALL(action(SIGKILL, NULL, &old, 8));
	HEX(old.handler);
	CALL(action(SIGUSR1, &fresh, NULL, 4));
	CALL(action(SIGUSR1, BAD, NULL, 8));
	CALL(action(SIGKILL, BAD, NULL, 8));
	fresh.handler = 1;
	CALL(action(SIGUSR1, &fresh, NULL, 8));
	show_action(SIGUSR1);
}

/* Ignoring a signal discards what is pending of it, also when a handler was there before. */
static void ignoring_discards(void)
{
	uint64_t set = 1ull << (SIGUSR2 - 1), none = 0;
	struct action handler = { 0x1000, 0x04000000, 0x2000, 0 }, ignore = { 1, 0, 0, 0 };
	MUST(mask(SIG_SETMASK, &set, NULL, 8));
	MUST(action(SIGUSR2, &handler, NULL, 8));
	MUST(kill(getpid(), SIGUSR2));
	IS(signal_is_pending(SIGUSR2));
	CALL(action(SIGUSR2, &handler, NULL, 8));
	IS(signal_is_pending(SIGUSR2));
	CALL(action(SIGUSR2, &ignore, NULL, 8));
	IS(signal_is_pending(SIGUSR2));
	CALL(mask(SIG_SETMASK, &none, NULL, 8));
}

static int in_copied_pages(void *memory)
{
	uint64_t *words = memory;
	struct action *out = (struct action *)(words + 512 - 2);
	CALL(mask(SIG_BLOCK, words, words + 1, 8));
	HEX(words[0]);
	HEX(words[1]);
	CALL(action(SIGUSR1, NULL, out, 8));
	HEX(out->handler);
	return 0;
}

int main(void)
{
	uint64_t *memory = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	masks();
	actions();
	ignoring_discards();
	memory[0] = 0x50;
	run_child("copied", in_copied_pages, memory);
	HEX(memory[1]);
	CALL(mask(SIG_BLOCK, memory + 1024, memory + 1536, 8));
	return 0;
}
