/* SPDX-License-Identifier: MIT */
/*
 * Calls as text, what the history keeps of a call, and names of core files; names of errors and signals against the host's.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <cmocka.h>
#include "calls/calls.h"
#include "calls/trace.h"
#include "dump/core.h"
#include "report/names.h"

static void is_told(const char *expected, uint64_t number, const uint64_t arguments[6], int64_t result)
{
	char line[256];
	size_t length = call_format(line, sizeof(line), number, arguments, result);
	assert_string_equal(line, expected);
	assert_int_equal(length, strlen(expected));
}

static void calls_are_told_with_names(void **state)
{
	(void)state;
	is_told("openat(AT_FDCWD, 0x1000, O_RDWR|O_CREAT|O_TRUNC|O_CLOEXEC, 0644) = 3", CALL_NUMBER_openat,
		(uint64_t[6]){ (uint64_t)AT_FDCWD, 0x1000, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644 }, 3);
	is_told("mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000",
		CALL_NUMBER_mmap,
		(uint64_t[6]){ 0, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, (uint64_t)-1, 0 },
		0x7f0000000000);
	is_told("kill(-1, SIGTERM) = -1 EPERM", CALL_NUMBER_kill, (uint64_t[6]){ (uint64_t)-1, SIGTERM },
		-EPERM);
	is_told("socket(AF_UNIX, SOCK_DGRAM|SOCK_NONBLOCK, 0) = 5", CALL_NUMBER_socket,
		(uint64_t[6]){ AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0 }, 5);
	is_told("exit_group(0) = ?", CALL_NUMBER_exit_group, (uint64_t[6]){ 0 }, INT64_MIN);
	is_told("syscall_9999() = -1 ENOSYS", 9999, (uint64_t[6]){ 0 }, -ENOSYS);
}

static void unknown_bits_are_shown(void **state)
{
	(void)state;
	is_told("open(NULL, O_RDONLY|0x40000000, 000) = -1 EFAULT", CALL_NUMBER_open,
		(uint64_t[6]){ 0, 0x40000000, 0 }, -EFAULT);
	is_told("lseek(1, -1, 0x63) = -1 EINVAL", CALL_NUMBER_lseek, (uint64_t[6]){ 1, (uint64_t)-1, 99 },
		-EINVAL);
	is_told("clone(CLONE_VM|CLONE_VFORK|SIGCHLD, NULL, NULL, NULL, NULL) = 7", CALL_NUMBER_clone,
		(uint64_t[6]){ CLONE_VM | CLONE_VFORK | SIGCHLD }, 7);
}

static void error_names_are_the_hosts(void **state)
{
	(void)state;
	for (int i = 1; i < ERROR_NAME_COUNT; i++) {
		const char *host = strerrorname_np(i);
		if (host && error_names[i]) {
			assert_string_equal(error_names[i], host);
			assert_string_equal(error_texts[i], strerrordesc_np(i));
		} else
			assert_true(!host && !error_names[i]);
	}
}

static void signal_names_are_the_hosts(void **state)
{
	(void)state;
	for (int i = 1; i < 32; i++) {
		char name[24];
		(void)snprintf(name, sizeof(name), "SIG%s", sigabbrev_np(i));
		if (strcmp(name, "SIGPOLL"))
			assert_string_equal(signal_name(i), name);
	}
	assert_string_equal(signal_name(64), "SIGRT");
	assert_string_equal(signal_name(65), "?");
	assert_string_equal(signal_code_name(SIGSEGV, SEGV_ACCERR), "SEGV_ACCERR");
	assert_string_equal(signal_code_name(SIGSEGV, SI_KERNEL), "SI_KERNEL");
	assert_string_equal(signal_code_name(SIGFPE, FPE_INTDIV), "FPE_INTDIV");
	assert_string_equal(signal_code_name(SIGFPE, 99), "?");
}

static void history_keeps_a_call(void **state)
{
	static struct trace_ring ring;
	struct guest_record guest = { .routed_calls = 5, .exit_time_ns = 0x123456789abcull * 256 };
	(void)state;
	guest.regs = (struct guest_registers){ .orig_rax = 9,
					       .rdi = (uint64_t)-1,
					       .rsi = 0x7fffffffffff,
					       .rdx = 3,
					       .r10 = (uint64_t)-100,
					       .r8 = 1ull << 40,
					       .r9 = 8 };
	struct trace_call *call = trace_begin(&ring, &guest);
	assert_int_equal(trace_tell(call).result, INT64_MIN);
	trace_end(call, -EINVAL);
	struct trace_told told = trace_tell(call);
	assert_int_equal(told.number, 9);
	assert_int_equal(told.result, -EINVAL);
	assert_int_equal(told.time_ns, guest.exit_time_ns);
	assert_int_equal(told.routed, 5);
	assert_true(told.arguments[0] == (uint64_t)-1 && told.arguments[1] == 0x7fffffffffff &&
		    told.arguments[3] == (uint64_t)-100 && told.arguments[5] == 8);
	guest.routed_calls += 1u << 20;
	assert_int_equal(trace_tell(trace_begin(&ring, &guest)).routed, TRACE_ROUTED_MAX);
	assert_int_equal(trace_tell(trace_begin(&ring, &guest)).routed, 0);
}

static struct core_facts facts = { .pid = 12,
				   .tid = 13,
				   .signal = 11,
				   .user = 1,
				   .group = 2,
				   .time_s = 99,
				   .name = "a/b",
				   .path = "/bin/a",
				   .host = "h" };

static void is_named(const char *pattern, const char *expected)
{
	char name[CORE_NAME_MAX];
	assert_int_equal(core_name(pattern, &facts, name), 0);
	assert_string_equal(name, expected);
}

static void core_files_are_named(void **state)
{
	(void)state;
	is_named("core", "core");
	is_named("/tmp/%e.%p.%s.%t.%u.%g.%h.%%", "/tmp/a!b.12.11.99.1.2.h.%");
	is_named("%E.%i", "!bin!a.13");
	is_named("a%qb%", "ab");
	facts.uses_pid = true;
	is_named("core", "core.12");
	is_named("core-%p", "core-12");
	facts.uses_pid = false;
	facts.name = "..";
	is_named("%e", "!.");
}

static void long_core_names_are_refused(void **state)
{
	static char path[CORE_NAME_MAX];
	char name[CORE_NAME_MAX];
	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	facts.path = path;
	assert_int_equal(core_name("%E", &facts, name), 0);
	assert_int_equal(core_name("%E.", &facts, name), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_told_with_names),   cmocka_unit_test(unknown_bits_are_shown),
		cmocka_unit_test(error_names_are_the_hosts),   cmocka_unit_test(signal_names_are_the_hosts),
		cmocka_unit_test(history_keeps_a_call),        cmocka_unit_test(core_files_are_named),
		cmocka_unit_test(long_core_names_are_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
