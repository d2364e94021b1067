/* SPDX-License-Identifier: MIT */
/*
 * The plan of a native program: a good file gives the right one, and each way to be wrong is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <elf.h>
#include <cmocka.h>
#include "abi/memory.h"
#include "runtime/elf.h"

#define FILE_BYTES 0x3000

static struct program {
	Elf64_Ehdr header;
	Elf64_Phdr segments[3];
	uint8_t rest[FILE_BYTES - sizeof(Elf64_Ehdr) - 3 * sizeof(Elf64_Phdr)];
} program;

static struct elf_plan plan;

static void start(void)
{
	program.header = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_X86_64,
		.e_entry = 0x401010,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 3,
	};
	program.segments[0] = (Elf64_Phdr){
		.p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0x400000, .p_filesz = 0x200, .p_memsz = 0x200
	};
	program.segments[1] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_vaddr = 0x401000,
		.p_offset = 0x1000,
		.p_filesz = 0x800,
		.p_memsz = 0x800,
	};
	program.segments[2] = (Elf64_Phdr){
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W,
		.p_vaddr = 0x403010,
		.p_offset = 0x2010,
		.p_filesz = 0x20,
		.p_memsz = 0x5000,
	};
}

static status_code_t make(size_t size)
{
	uint8_t *copy = malloc(size != 0 ? size : 1);
	status_code_t status;

	assert_non_null(copy);
	memcpy(copy, &program, size);
	status = elf_plan_make(copy, size, &plan);
	free(copy);
	return status;
}

static void good_file_gives_its_plan(void **state)
{
	(void)state;
	start();
	assert_int_equal(make(FILE_BYTES), STATUS_OK);
	assert_int_equal(plan.segment_count, 3);
	assert_int_equal(plan.entry, 0x401010);
	assert_int_equal(plan.headers, 0x400000 + sizeof(Elf64_Ehdr));
	assert_int_equal(plan.header_count, 3);
	assert_int_equal(plan.segments[1].prot, PROT_BIT_READ | PROT_BIT_EXEC);
	assert_int_equal(plan.segments[2].address, 0x403000);
	assert_int_equal(plan.segments[2].content_at, 0x10);
	assert_int_equal(plan.segments[2].memory_bytes, 0x6000);
	assert_int_equal(plan.segments[2].file_offset, 0x2010);
}

static void cut_files_are_refused(void **state)
{
	(void)state;
	start();
	for (size_t size = 0; size < 0x2030; size += 7)
		assert_int_equal(make(size), STATUS_CORRUPT);
	assert_int_equal(make(0x2030), STATUS_OK);
}

static void other_kinds_are_not_supported(void **state)
{
	(void)state;
	start();
	program.header.e_ident[EI_CLASS] = ELFCLASS32;
	assert_int_equal(make(FILE_BYTES), STATUS_NOT_SUPPORTED);
	start();
	program.header.e_type = ET_DYN;
	assert_int_equal(make(FILE_BYTES), STATUS_NOT_SUPPORTED);
	start();
	program.header.e_machine = EM_AARCH64;
	assert_int_equal(make(FILE_BYTES), STATUS_NOT_SUPPORTED);
	start();
	program.segments[0].p_type = PT_INTERP;
	assert_int_equal(make(FILE_BYTES), STATUS_NOT_SUPPORTED);
}

static void expect_corrupt(void)
{
	assert_int_equal(make(FILE_BYTES), STATUS_CORRUPT);
	start();
}

static void impossible_headers_are_corrupt(void **state)
{
	(void)state;
	start();
	program.header.e_phnum = 0;
	expect_corrupt();
	program.header.e_phentsize = 32;
	expect_corrupt();
	program.header.e_phoff = UINT64_MAX - 8;
	expect_corrupt();
	program.header.e_entry = 0x403020;
	expect_corrupt();
	program.header.e_ident[0] = 0;
	expect_corrupt();
}

static void impossible_segments_are_corrupt(void **state)
{
	(void)state;
	start();
	program.segments[1].p_flags = PF_R | PF_W | PF_X;
	expect_corrupt();
	program.segments[1].p_memsz = 0x700;
	expect_corrupt();
	program.segments[1].p_memsz = UINT64_MAX;
	expect_corrupt();
	program.segments[1].p_offset = UINT64_MAX;
	expect_corrupt();
	program.segments[1].p_vaddr = 0x1000;
	expect_corrupt();
	program.segments[2].p_vaddr = ELF_HIGHEST - 0x1000;
	expect_corrupt();
	program.segments[2].p_vaddr = 0x401800;
	expect_corrupt();
	program.segments[1].p_vaddr = 0x3ff000;
	expect_corrupt();
	program.segments[0].p_offset = 0x100;
	expect_corrupt();
}

static void random_changes_are_safe(void **state)
{
	(void)state;
	srand(11);
	for (int i = 0; i < 20000; i++) {
		start();
		for (int changes = 1 + rand() % 3; changes > 0; changes--)
			((uint8_t *)&program)[(size_t)rand() % 232] = (uint8_t)rand();
		if (make(FILE_BYTES) != STATUS_OK)
			continue;
		for (uint32_t j = 0; j < plan.segment_count; j++) {
			const struct elf_segment *segment = &plan.segments[j];
			assert_true(segment->file_offset + segment->file_bytes <= FILE_BYTES);
			assert_true(segment->content_at + segment->file_bytes <= segment->memory_bytes);
			assert_true(segment->address + segment->memory_bytes <= ELF_HIGHEST);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_file_gives_its_plan),
		cmocka_unit_test(cut_files_are_refused),
		cmocka_unit_test(other_kinds_are_not_supported),
		cmocka_unit_test(impossible_headers_are_corrupt),
		cmocka_unit_test(impossible_segments_are_corrupt),
		cmocka_unit_test(random_changes_are_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
