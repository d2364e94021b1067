/* SPDX-License-Identifier: MIT */
/*
 * What exec decides before it touches a process: ELF headers, script lines, the first stack, clone's flags.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/errno.h"
#include "process/clone.h"
#include "process/elf.h"
#include "process/exec_stack.h"
#include "process/script.h"

static struct linux_elf_header good_header(void)
{
	struct linux_elf_header header = {
		.ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.type = ET_DYN,
		.machine = EM_X86_64,
		.program_headers = sizeof(header),
		.program_header_bytes = sizeof(struct linux_program_header),
		.program_header_count = 2,
	};
	return header;
}

static void headers_are_checked(void **state)
{
	struct linux_elf_header header = good_header();
	(void)state;
	assert_int_equal(elf_check_header(&header, sizeof(header)), 0);
	assert_int_equal(elf_check_header(&header, sizeof(header) - 1), -ENOEXEC);
	header.ident[4] = ELFCLASS32;
	assert_int_equal(elf_check_header(&header, sizeof(header)), -ENOEXEC);
	header = good_header();
	header.machine = EM_386;
	assert_int_equal(elf_check_header(&header, sizeof(header)), -ENOEXEC);
	header = good_header();
	header.type = ET_REL;
	assert_int_equal(elf_check_header(&header, sizeof(header)), -ENOEXEC);
	header = good_header();
	header.program_header_count = 0;
	assert_int_equal(elf_check_header(&header, sizeof(header)), -ENOEXEC);
	header = good_header();
	header.program_header_bytes--;
	assert_int_equal(elf_check_header(&header, sizeof(header)), -ENOEXEC);
}

static void a_layout_spans_its_segments(void **state)
{
	struct linux_elf_header header = good_header();
	struct linux_program_header program[2] = {
		{ PT_LOAD, PF_R | PF_X, 0, 0x10000, 0, 0x1234, 0x1234, 0x1000 },
		{ PT_LOAD, PF_R | PF_W, 0x2100, 0x13100, 0, 0x100, 0x3000, 0x1000 },
	};
	struct elf_layout layout;
	(void)state;
	assert_int_equal(elf_read_layout(&header, program, &layout), 0);
	assert_int_equal(layout.low, 0x10000);
	assert_int_equal(layout.high, 0x17000);
	assert_int_equal(layout.headers, 0x10000 + sizeof(header));
	assert_int_equal(layout.break_start, 0x16100);
	assert_int_equal(layout.code_end, 0x11234);
	assert_int_equal(layout.data_start, 0x13100);
	assert_int_equal(layout.data_end, 0x13200);
}

static void mad_segments_are_refused(void **state)
{
	const struct linux_program_header mad[] = {
		{ PT_LOAD, PF_R, 0, 0x10000, 0, 0x2000, 0x1000, 0x1000 },        /* longer in the file */
		{ PT_LOAD, PF_R, 1, 0x10000, 0, 0x1000, 0x1000, 0x1000 },        /* offset against address */
		{ PT_LOAD, PF_R, 0, 0x7ffffffff000, 0, 0x1000, 0x1000, 0x1000 }, /* beyond user space */
		{ PT_LOAD, PF_R, 0, 0xfffffffffffff000, 0, 0x2000, 0x2000, 0x1000 }, /* wraps */
		{ PT_LOAD, PF_R, 0xfffffffffffff000, 0x10000, 0, 0x2000, 0x2000, 0x1000 },
		{ PT_INTERP, PF_R, 0, 0, 0, 1, 1, 1 },
		{ PT_INTERP, PF_R, 0, 0, 0, 4097, 4097, 1 },
	};
	struct linux_elf_header header = good_header();
	struct elf_layout layout;
	(void)state;
	header.program_header_count = 1;
	for (size_t i = 0; i < sizeof(mad) / sizeof(mad[0]); i++)
		assert_int_equal(elf_read_layout(&header, &mad[i], &layout), -ENOEXEC);
	const struct linux_program_header none = { .type = PT_NOTE };
	assert_int_equal(elf_read_layout(&header, &none, &layout), -EINVAL);
}

static int parse(const char *text, struct script_line *line)
{
	return script_parse(text, strlen(text), line);
}

static void script_lines_are_cut_as_linux_does(void **state)
{
	struct script_line line;
	char head[SCRIPT_HEAD_BYTES];
	(void)state;
	assert_int_equal(parse("#!/bin/sh\necho\n", &line), 1);
	assert_string_equal(line.interpreter, "/bin/sh");
	assert_string_equal(line.argument, "");
	assert_int_equal(parse("#! \t/usr/bin/env  -S  a b \t\n", &line), 1);
	assert_string_equal(line.interpreter, "/usr/bin/env");
	assert_string_equal(line.argument, "-S  a b");
	assert_int_equal(parse("#!/bin/x", &line), 1);
	assert_string_equal(line.interpreter, "/bin/x");
	assert_int_equal(parse("#!\n", &line), -ENOEXEC);
	assert_int_equal(parse("#!   \n", &line), -ENOEXEC);
	assert_int_equal(parse("#", &line), 0);
	assert_int_equal(parse("\x7f"
			       "ELF",
			       &line),
			 0);
	memset(head, 'x', sizeof(head));
	memcpy(head, "#!", 2);
	assert_int_equal(script_parse(head, sizeof(head), &line), -ENOEXEC);
	head[200] = ' ';
	assert_int_equal(script_parse(head, sizeof(head), &line), 1);
	assert_int_equal(strlen(line.interpreter), 198);
}

static void the_first_stack_is_linux_s(void **state)
{
	static const char strings[] = "prog\0-x\0A=1";
	static uint8_t buffer[4096] __attribute__((aligned(16)));
	struct exec_stack stack = {
		.strings = strings,
		.string_bytes = sizeof(strings),
		.argument_bytes = 8,
		.argument_count = 2,
		.environment_count = 1,
		.file_name = "/bin/prog",
		.top = 0x7ffff0000000,
		.gap = 100,
	};
	(void)state;
	exec_stack_add(&stack, AT_PAGESZ, 4096);
	exec_stack_add(&stack, AT_RANDOM, 0);
	exec_stack_add(&stack, AT_EXECFN, 0);
	exec_stack_add(&stack, AT_PLATFORM, 0);
	memset(stack.random, 0xab, sizeof(stack.random));
	uint64_t bytes = exec_stack_place(&stack);
	assert_true(bytes <= sizeof(buffer));
	assert_int_equal(stack.pointer % 16, 0);
	assert_int_equal(stack.pointer + bytes, stack.top);
	exec_stack_build(&stack, buffer);
	const uint64_t *word = (const uint64_t *)buffer;
	const char *at = (const char *)buffer;
	assert_int_equal(word[0], 2);
	assert_string_equal(at + (word[1] - stack.pointer), "prog");
	assert_string_equal(at + (word[2] - stack.pointer), "-x");
	assert_int_equal(word[3], 0);
	assert_string_equal(at + (word[4] - stack.pointer), "A=1");
	assert_int_equal(word[5], 0);
	assert_int_equal(word[6], AT_PAGESZ);
	assert_int_equal(word[7], 4096);
	assert_memory_equal(at + (word[9] - stack.pointer), stack.random, 16);
	assert_string_equal(at + (word[11] - stack.pointer), "/bin/prog");
	assert_string_equal(at + (word[13] - stack.pointer), "x86_64");
	assert_int_equal(word[14], AT_NULL);
	/* The strings are one block that ends below the file name, the last eight bytes are zero. */
	assert_int_equal(word[2] - word[1], 5);
	assert_int_equal(word[4] - word[1], 8);
	assert_int_equal(word[11] - word[1], sizeof(strings));
	assert_int_equal(word[11] + sizeof("/bin/prog") + 8, stack.top);
	assert_int_equal(*(const uint64_t *)(buffer + bytes - 8), 0);
}

static void clone_flags_have_rules(void **state)
{
	(void)state;
	assert_int_equal(clone_check_flags(0), 0);
	assert_int_equal(clone_check_flags(LINUX_CLONE_THREAD), -EINVAL);
	assert_int_equal(clone_check_flags(LINUX_CLONE_THREAD | LINUX_CLONE_SIGHAND), -EINVAL);
	assert_int_equal(clone_check_flags(LINUX_CLONE_THREAD | LINUX_CLONE_SIGHAND | LINUX_CLONE_VM), 0);
	assert_int_equal(clone_check_flags(LINUX_CLONE_NEWNS | LINUX_CLONE_FS), -EINVAL);
	assert_int_equal(clone_check_flags(LINUX_CLONE_PIDFD | LINUX_CLONE_DETACHED), -EINVAL);
}

static void clone3_blocks_are_checked(void **state)
{
	struct linux_clone_args args = { .exit_signal = 17, .stack = 0x10000, .stack_size = 0x4000 };
	struct clone_request request;
	(void)state;
	assert_int_equal(clone3_convert(&args, &request), 0);
	assert_int_equal(request.stack, 0x14000);
	assert_int_equal(request.exit_signal, 17);
	args.stack_size = 0;
	assert_int_equal(clone3_convert(&args, &request), -EINVAL);
	args.stack = 0;
	args.exit_signal = 65;
	assert_int_equal(clone3_convert(&args, &request), -EINVAL);
	args.exit_signal = 0;
	args.flags = 1ull << 40;
	assert_int_equal(clone3_convert(&args, &request), -EINVAL);
	args.flags = LINUX_CLONE_DETACHED;
	assert_int_equal(clone3_convert(&args, &request), -EINVAL);
	args.flags = LINUX_CLONE_INTO_CGROUP;
	assert_int_equal(clone3_convert(&args, &request), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_checked),
		cmocka_unit_test(a_layout_spans_its_segments),
		cmocka_unit_test(mad_segments_are_refused),
		cmocka_unit_test(script_lines_are_cut_as_linux_does),
		cmocka_unit_test(the_first_stack_is_linux_s),
		cmocka_unit_test(clone_flags_have_rules),
		cmocka_unit_test(clone3_blocks_are_checked),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
