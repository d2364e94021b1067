/* SPDX-License-Identifier: MIT */
/*
 * Our own headers of signals, processes and capabilities, and the call table, against the host's kernel headers.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <asm/prctl.h>
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <linux/prctl.h>
#include <linux/rseq.h>
#include <linux/sched.h>
#include <linux/securebits.h>
#include <linux/wait.h>
#include <signal.h>
#include "calls/calls.h"
#include "linux_abi/capability.h"
#include "linux_abi/process.h"
#include "linux_abi/signal.h"

#define SAME(name) assert_true((uint64_t)(LINUX_##name) == (uint64_t)(name))

static void signals_are_linux_s(void **state)
{
	(void)state;
	SAME(SIGHUP);
	SAME(SIGTRAP);
	SAME(SIGBUS);
	SAME(SIGKILL);
	SAME(SIGUSR2);
	SAME(SIGSTKFLT);
	SAME(SIGCHLD);
	SAME(SIGCONT);
	SAME(SIGTTOU);
	SAME(SIGWINCH);
	SAME(SIGSYS);
	SAME(SA_NOCLDSTOP);
	SAME(SA_NOCLDWAIT);
	SAME(SA_SIGINFO);
	SAME(SA_ONSTACK);
	SAME(SA_RESTART);
	SAME(SA_NODEFER);
	assert_int_equal(LINUX_SA_RESETHAND, (uint32_t)SA_RESETHAND);
	SAME(SI_KERNEL);
	SAME(SI_QUEUE);
	SAME(SI_TKILL);
	SAME(ILL_ILLOPN);
	SAME(FPE_INTDIV);
	SAME(FPE_FLTRES);
	SAME(SEGV_ACCERR);
	SAME(BUS_ADRERR);
	SAME(TRAP_HWBKPT);
	SAME(CLD_DUMPED);
	SAME(CLD_CONTINUED);
}

static void clone_and_wait_flags_are_linux_s(void **state)
{
	(void)state;
	SAME(CLONE_VM);
	SAME(CLONE_SIGHAND);
	SAME(CLONE_PIDFD);
	SAME(CLONE_VFORK);
	SAME(CLONE_PARENT);
	SAME(CLONE_THREAD);
	SAME(CLONE_SETTLS);
	SAME(CLONE_PARENT_SETTID);
	SAME(CLONE_CHILD_CLEARTID);
	SAME(CLONE_CHILD_SETTID);
	SAME(CLONE_NEWUTS);
	SAME(CLONE_NEWTIME);
	SAME(CLONE_CLEAR_SIGHAND);
	SAME(CLONE_INTO_CGROUP);
	SAME(CLONE_ARGS_SIZE_VER0);
	assert_int_equal(sizeof(struct linux_clone_args), CLONE_ARGS_SIZE_VER2);
	SAME(WUNTRACED);
	SAME(WCONTINUED);
	SAME(WNOWAIT);
	assert_int_equal(LINUX_WNOTHREAD, __WNOTHREAD);
	assert_int_equal(LINUX_WALL, __WALL);
	assert_int_equal(LINUX_WCLONE, __WCLONE);
}

static void options_are_linux_s(void **state)
{
	(void)state;
	SAME(PR_SET_PDEATHSIG);
	SAME(PR_SET_KEEPCAPS);
	SAME(PR_SET_NAME);
	SAME(PR_CAPBSET_DROP);
	SAME(PR_SET_SECUREBITS);
	SAME(PR_SET_TIMERSLACK);
	SAME(PR_SET_CHILD_SUBREAPER);
	SAME(PR_SET_NO_NEW_PRIVS);
	SAME(PR_GET_TID_ADDRESS);
	SAME(PR_CAP_AMBIENT);
	SAME(PR_CAP_AMBIENT_CLEAR_ALL);
	SAME(ARCH_SET_GS);
	SAME(ARCH_SET_FS);
	SAME(ARCH_SET_CPUID);
	SAME(CAP_SETPCAP);
	SAME(CAP_SYS_ADMIN);
	SAME(CAP_SYS_RESOURCE);
	assert_int_equal(LINUX_CAP_LAST, CAP_LAST_CAP);
	assert_int_equal(LINUX_SECURE_ALL_BITS, SECURE_ALL_BITS);
	assert_int_equal(LINUX_SECURE_ALL_LOCKS, SECURE_ALL_LOCKS);
	assert_int_equal(LINUX_SECBIT_KEEP_CAPS, SECBIT_KEEP_CAPS);
	assert_int_equal(LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE,
			 MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE);
	assert_int_equal(offsetof(struct linux_rseq, critical_section), offsetof(struct rseq, rseq_cs));
	assert_int_equal(offsetof(struct linux_rseq_section, abort_ip), offsetof(struct rseq_cs, abort_ip));
}

/* HOST_CALLS: the host's numbers as the preprocessor tells them, a line "#define __NR_name number" each. */
static void the_table_has_every_call_of_the_host(void **state)
{
	FILE *file = fopen(HOST_CALLS, "r");
	char line[200], name[100];
	unsigned number, seen = 0, rows = 0;
	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "#define __NR_%99s %u", name, &number) != 2)
			continue;
		assert_true(number < CALL_ROW_COUNT);
		assert_non_null(call_rows[number].name);
		assert_string_equal(call_rows[number].name, name);
		seen++;
	}
	fclose(file);
	for (unsigned i = 0; i < CALL_ROW_COUNT; i++)
		rows += call_rows[i].name != NULL;
	assert_int_equal(seen, rows);
	assert_true(seen > 300);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signals_are_linux_s),
		cmocka_unit_test(clone_and_wait_flags_are_linux_s),
		cmocka_unit_test(options_are_linux_s),
		cmocka_unit_test(the_table_has_every_call_of_the_host),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
