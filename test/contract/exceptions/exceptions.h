/* SPDX-License-Identifier: MIT
 *
 * The frame of every test of a processor exception. The test gives one naked assembly function whose faulting
 * instruction carries the label NAME_at; fault_report() prints what a handler is told (signal, code,
 * address, trap number, error code, cr2, and which instruction rip names), then the wait status of a child in which
 * the same fault is uncaught, blocked, ignored, and blocked with a handler installed.
 *
 * An address is printed as an offset from the faulting instruction, from the page that the test named in
 * fault_page, or as 0 or a constant that the test named in fault_constant.
 */
#ifndef EXCEPTIONS_H
#define EXCEPTIONS_H

#include "../contract.h"

#include <setjmp.h>
#include <ucontext.h>

/* Defines void name(void) made of the assembly text, which marks the faulting instruction with the label name_at. */
#define FAULTING(name, text)                                                                                 \
	void name(void);                                                                                     \
	extern char name##_at[];                                                                             \
	__asm__(".text\n.globl " #name "\n" #name ":\n" text "\nret\n")

static sigjmp_buf fault_escape;
static char *fault_label, *fault_page;
static unsigned long fault_constant = 1;

__attribute__((unused)) static void describe_address(const char *name, unsigned long address)
{
	long from_label = (long)(address - (unsigned long)fault_label);
	long from_page = (long)(address - (unsigned long)fault_page);
	if (address == 0)
		say("  %s: 0\n", name);
	else if (address == fault_constant)
		say("  %s: the constant\n", name);
	else if (fault_page && from_page >= -4096 && from_page < 8192)
		say("  %s: page + %ld\n", name, from_page);
	else if (from_label >= -16 && from_label <= 16)
		say("  %s: instruction + %ld\n", name, from_label);
	else
		say("  %s: elsewhere\n", name);
}

static void on_fault(int signal_number, siginfo_t *info, void *context)
{
	const ucontext_t *frame = context;
	const greg_t *registers = frame->uc_mcontext.gregs;
	say("  %s code %d errno %d\n", signal_name(signal_number), info->si_code, info->si_errno);
	describe_address("si_addr", (unsigned long)info->si_addr);
	say("  trapno %lld err 0x%llx\n", (long long)registers[REG_TRAPNO],
	    (unsigned long long)registers[REG_ERR]);
	if (registers[REG_TRAPNO] == 14)
		describe_address("cr2", (unsigned long)registers[REG_CR2]);
	describe_address("rip", (unsigned long)registers[REG_RIP]);
	say("  flags TF %d DF %d, rbx kept %d\n", (int)(registers[REG_EFL] >> 8 & 1),
	    (int)(registers[REG_EFL] >> 10 & 1), registers[REG_RBX] == 0x1122334455667788);
	siglongjmp(fault_escape, 1);
}

/* Runs the body with a known rbx. */
static void call_fault(void (*body)(void))
{
	__asm__ volatile(
		"push %%rbx\n\tmovabs $0x1122334455667788, %%rbx\n\tsub $128, %%rsp\n\tmov %%rsp, %%r12\n\t"
		"and $-16, %%rsp\n\tcall *%0\n\tmov %%r12, %%rsp\n\tadd $128, %%rsp\n\tpop %%rbx"
		:
		: "a"(body)
		: "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "memory", "cc");
}

static int fault_uncaught(void *body)
{
	call_fault((void (*)(void))body);
	return 0;
}

static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };

static int fault_blocked(void *body)
{
	for (int i = 0; i < 5; i++)
		block_signal(fault_signals[i]);
	return fault_uncaught(body);
}

static int fault_ignored(void *body)
{
	for (int i = 0; i < 5; i++)
		signal(fault_signals[i], SIG_IGN);
	return fault_uncaught(body);
}

static int fault_blocked_with_handler(void *body)
{
	for (int i = 0; i < 5; i++) {
		catch_signal_info(fault_signals[i], on_fault, SA_ONSTACK);
		block_signal(fault_signals[i]);
	}
	return fault_uncaught(body);
}

static void fault_report(const char *name, void (*body)(void), char *label)
{
	say("%s\n", name);
	fault_label = label;
	for (int i = 0; i < 5; i++)
		catch_signal_info(fault_signals[i], on_fault, SA_ONSTACK);
	if (!sigsetjmp(fault_escape, 1)) {
		call_fault(body);
		say("  no exception\n");
	}
	for (int i = 0; i < 5; i++)
		signal(fault_signals[i], SIG_DFL);
	run_child("  uncaught", fault_uncaught, (void *)body);
	run_child("  blocked", fault_blocked, (void *)body);
	run_child("  ignored", fault_ignored, (void *)body);
	run_child("  blocked with a handler", fault_blocked_with_handler, (void *)body);
}

#endif
