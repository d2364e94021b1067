/* SPDX-License-Identifier: MIT
 *
 * Calls that do little change RAX, RCX and R11 and nothing else: each is made with a pattern in every register that it
 * does not use, and with arithmetic flags and DF set.
 */
#include "../contract.h"

struct words {
	uint64_t rax, rdi, rsi, rdx, r10, r8, r9, rbx, rbp, r12, r13, r14, r15, rcx, r11, flags;
};

static struct words words;
static sigset_t set, old_set;
static struct timespec moment;
static struct {
	uint64_t handler, flags, restorer, mask;
} old_action;

void call_with_words(void);
__asm__(".text\ncall_with_words:\n"
	"push %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
	"mov words(%rip), %rax\nmov words+8(%rip), %rdi\nmov words+16(%rip), %rsi\nmov words+24(%rip), %rdx\n"
	"mov words+32(%rip), %r10\nmov words+40(%rip), %r8\nmov words+48(%rip), %r9\nmov words+56(%rip), "
	"%rbx\n"
	"mov words+64(%rip), %rbp\nmov words+72(%rip), %r12\nmov words+80(%rip), %r13\nmov words+88(%rip), "
	"%r14\n"
	"mov words+96(%rip), %r15\npush words+120(%rip)\npopf\nsyscall\n1: mov %rcx, words+104(%rip)\n"
	"mov %r11, words+112(%rip)\npushf\npop words+120(%rip)\ncld\nlea 1b(%rip), %rcx\nsub %rcx, "
	"words+104(%rip)\n"
	"mov %rax, words(%rip)\nmov %rdi, words+8(%rip)\nmov %rsi, words+16(%rip)\nmov %rdx, words+24(%rip)\n"
	"mov %r10, words+32(%rip)\nmov %r8, words+40(%rip)\nmov %r9, words+48(%rip)\nmov %rbx, "
	"words+56(%rip)\n"
	"mov %rbp, words+64(%rip)\nmov %r12, words+72(%rip)\nmov %r13, words+80(%rip)\nmov %r14, "
	"words+88(%rip)\n"
	"mov %r15, words+96(%rip)\n"
	"pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");

static void try(const char *name, long number, uint64_t first, uint64_t second, uint64_t third,
		uint64_t fourth)
{
	struct words before = {
		(uint64_t)number, first, second, third, fourth, 8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0xed7
	};
	words = before;
	call_with_words();
	bool flags_same = words.flags == words.r11 && (words.flags & 0xcd5) == (before.flags & 0xcd5);
	bool same = !memcmp(&words.rdi, &before.rdi,
			    offsetof(struct words, rcx) - offsetof(struct words, rdi));
	say("%s: registers %s, rcx behind it %s, flags %s, failed %d\n", name, same ? "same" : "changed",
	    words.rcx ? "no" : "yes", flags_same ? "same" : "changed", (int64_t)words.rax < 0);
}

int main(void)
{
	uint64_t page = (uint64_t)mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
				       0);
	sigemptyset(&set);
	memset(&moment, 1, sizeof(moment));
	memset(&old_action, 1, sizeof(old_action));
	for (int round = 0; round < 2; round++) {
		try("getpid", SYS_getpid, 1, 2, 3, 4);
		try("getppid", SYS_getppid, 1, 2, 3, 4);
		try("gettid", SYS_gettid, 1, 2, 3, 4);
		try("getuid", SYS_getuid, 1, 2, 3, 4);
		try("sched_yield", SYS_sched_yield, 1, 2, 3, 4);
		try("clock_gettime", SYS_clock_gettime, CLOCK_MONOTONIC, (uint64_t)&moment, 3, 4);
		try("clock_gettime of none", SYS_clock_gettime, 99, (uint64_t)&moment, 3, 4);
		try("rt_sigprocmask", SYS_rt_sigprocmask, SIG_SETMASK, (uint64_t)&set, (uint64_t)&old_set, 8);
		try("rt_sigaction", SYS_rt_sigaction, SIGUSR1, 0, (uint64_t)&old_action, 8);
		try("brk", SYS_brk, 0, 2, 3, 4);
		try("mprotect", SYS_mprotect, page, 4096, PROT_READ, 4);
		try("munmap", SYS_munmap, page, 4096, 3, 4);
		try("no call", 499, 1, 2, 3, 4);
		try("no call at all", -5, 1, 2, 3, 4);
		page += 4096;
	}
	return 0;
}
