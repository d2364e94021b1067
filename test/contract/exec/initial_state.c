/* SPDX-License-Identifier: MIT
 *
 * The state of the processor at the entry point of a new program, seen by a program without any library: general
 * registers zero, stack aligned with argc on top, flags, x87 control word, mxcsr, direction flag, segment bases; the
 * same again after exec by a program that had filled all of them.
 */
typedef unsigned long word;

word entry_state[24];

__asm__(".text\n.globl _start\n_start:\n"
	"mov %rax, entry_state(%rip)\nmov %rbx, entry_state+8(%rip)\nmov %rcx, entry_state+16(%rip)\n"
	"mov %rdx, entry_state+24(%rip)\nmov %rsi, entry_state+32(%rip)\nmov %rdi, entry_state+40(%rip)\n"
	"mov %rbp, entry_state+48(%rip)\nmov %r8, entry_state+56(%rip)\nmov %r9, entry_state+64(%rip)\n"
	"mov %r10, entry_state+72(%rip)\nmov %r11, entry_state+80(%rip)\nmov %r12, entry_state+88(%rip)\n"
	"mov %r13, entry_state+96(%rip)\nmov %r14, entry_state+104(%rip)\nmov %r15, entry_state+112(%rip)\n"
	"pushf\npop entry_state+120(%rip)\nfnstcw entry_state+128(%rip)\nfnstsw entry_state+136(%rip)\n"
	"stmxcsr entry_state+144(%rip)\nmov %rsp, entry_state+152(%rip)\nmovq %xmm0, entry_state+160(%rip)\n"
	"movq %xmm15, entry_state+168(%rip)\nmov %fs, entry_state+176(%rip)\nmov %gs, entry_state+184(%rip)\n"
	"mov %rsp, %rdi\nand $-16, %rsp\ncall begin\nhlt\n");

static long call3(long number, long one, long two, long three)
{
	long result;
	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "0"(number), "D"(one), "S"(two), "d"(three)
			 : "rcx", "r11", "memory");
	return result;
}

static word length(const char *text)
{
	word count = 0;
	while (text[count])
		count++;
	return count;
}

static void print(const char *name, word value)
{
	char line[96], *end = line + sizeof(line), *p = end;
	*--p = '\n';
	do
		*--p = "0123456789abcdef"[value & 15];
	while (value >>= 4);
	*--p = ' ';
	for (word i = length(name); i > 0; i--)
		*--p = name[i - 1];
	call3(1, 1, (long)p, end - p);
}

static void show_entry_state(void)
{
	static const char *const names[] = { "rax",   "rbx",         "rcx",        "rdx",  "rsi",
					     "rdi",   "rbp",         "r8",         "r9",   "r10",
					     "r11",   "r12",         "r13",        "r14",  "r15",
					     "flags", "x87 control", "x87 status", "mxcsr" };
	for (int i = 0; i < 19; i++)
		print(names[i], i >= 16 ? entry_state[i] & (i == 18 ? 0xffffffff : 0xffff) : entry_state[i]);
	print("rsp below 16", entry_state[19] & 15);
	print("xmm0", entry_state[20]);
	print("xmm15", entry_state[21]);
	print("fs", entry_state[22] & 0xffff);
	print("gs", entry_state[23] & 0xffff);
}

/* Fills every register, then executes the program again. */
static void execute(char **argv)
{
	static const unsigned mxcsr = 0x1f80 | 3 << 13;
	__asm__ volatile("fldpi\n\tldmxcsr %0\n\tpcmpeqd %%xmm0, %%xmm0\n\tpcmpeqd %%xmm15, %%xmm15\n\t"
			 "mov $-1, %%rbx\n\tmov %%rbx, %%rcx\n\tmov %%rbx, %%rbp\n\tmov %%rbx, %%r8\n\tmov "
			 "%%rbx, %%r9\n\t"
			 "mov %%rbx, %%r10\n\tmov %%rbx, %%r11\n\tmov %%rbx, %%r12\n\tmov %%rbx, "
			 "%%r13\n\tmov %%rbx, %%r14\n\t"
			 "mov %%rbx, %%r15\n\tstd\n\tsyscall\n\tcld\n\thlt"
			 :
			 : "m"(mxcsr), "a"(59L), "D"(argv[0]), "S"(argv), "d"(0L)
			 : "rbx", "rcx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory");
}

__attribute__((used)) void begin(word *stack)
{
	char **argv = (char **)(stack + 1);
	print("argc", stack[0]);
	print("end of argv", (word)argv[stack[0]]);
	show_entry_state();
	char *again[] = { argv[0], "again", 0 };
	if (stack[0] == 1)
		execute(again);
	call3(231, 3, 0, 0);
}
