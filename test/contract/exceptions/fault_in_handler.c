/* SPDX-License-Identifier: MIT
 *
 * A second fault of the same kind inside its handler, whose signal is then blocked, kills; with SA_NODEFER it nests;
 * with SA_RESETHAND it kills; a frame that does not fit the stack kills with SIGSEGV; the same for a bad sigreturn.
 */
#include "../contract.h"

#include <setjmp.h>

static sigjmp_buf escape;
static volatile int depth;
static char *volatile nowhere = (char *)8;

static void faults_again(int signal_number)
{
	(void)signal_number;
	if (++depth == 3)
		siglongjmp(escape, 1);
	*(volatile char *)nowhere = 1;
}

static int with_flags(void *flags)
{
	catch_signal(SIGSEGV, faults_again, *(int *)flags);
	if (sigsetjmp(escape, 1))
		return depth;
	*(volatile char *)nowhere = 1;
	return 100;
}

static int other_signal(void *unused)
{
	(void)unused;
	catch_signal(SIGILL, faults_again, 0);
	__asm__ volatile("ud2");
	return 100;
}

static int no_room_for_the_frame(void *unused)
{
	(void)unused;
	catch_signal(SIGUSR1, faults_again, 0);
	long pid = getpid();
	__asm__ volatile(
		"mov %0, %%rdi\n\tmov $10, %%esi\n\tmov $62, %%eax\n\txor %%esp, %%esp\n\tsyscall\n\tud2"
		:
		: "r"(pid));
	return 100;
}

static int wild_sigreturn(void *unused)
{
	(void)unused;
	__asm__ volatile("mov $15, %eax\n\tmov $4096, %esp\n\tsyscall\n\tud2");
	return 100;
}

static int sigreturn_to_kernel_address(void *unused)
{
	static unsigned long frame[256];
	(void)unused;
	frame[5 + 16] = 0xffffffff80000000;
	__asm__ volatile("mov $15, %%eax\n\tmov %0, %%rsp\n\tsyscall\n\tud2" : : "r"(frame));
	return 100;
}

int main(void)
{
	int none = 0, nodefer = SA_NODEFER, reset = (int)SA_RESETHAND;
	run_child("blocked", with_flags, &none);
	run_child("SA_NODEFER", with_flags, &nodefer);
	run_child("SA_RESETHAND", with_flags, &reset);
	run_child("another signal", other_signal, NULL);
	run_child("no room for the frame", no_room_for_the_frame, NULL);
	run_child("wild sigreturn", wild_sigreturn, NULL);
	run_child("sigreturn to a kernel address", sigreturn_to_kernel_address, NULL);
	return 0;
}
