/* SPDX-License-Identifier: MIT */
/*
 * The vDSO image as an ELF file: what C libraries, unwinders and the personality expect of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "load.h"

static struct vdso vdso;

static const char *const functions[] = { "clock_gettime", "gettimeofday", "time", "getcpu", "clock_getres" };
#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))

static const Elf64_Phdr *program_header(uint32_t type, uint32_t *count)
{
	const Elf64_Ehdr *header = (const void *)vdso.image;
	const Elf64_Phdr *program = (const void *)(vdso.image + header->e_phoff), *found = NULL;
	*count = 0;
	for (uint32_t i = 0; i < header->e_phnum; i++) {
		if (program[i].p_type != type)
			continue;
		found = &program[i];
		++*count;
	}
	return found;
}

static void header_is_a_shared_object(void **state)
{
	const Elf64_Ehdr *header = (const void *)vdso.image;
	(void)state;
	assert_memory_equal(header->e_ident, ELFMAG, SELFMAG);
	assert_int_equal(header->e_ident[EI_CLASS], ELFCLASS64);
	assert_int_equal(header->e_ident[EI_DATA], ELFDATA2LSB);
	assert_int_equal(header->e_type, ET_DYN);
	assert_int_equal(header->e_machine, EM_X86_64);
	assert_int_equal(header->e_phentsize, sizeof(Elf64_Phdr));
}

static void file_fits_one_page(void **state)
{
	(void)state;
	assert_in_range(vdso.file_bytes, 1, 4096);
}

/* Mapped as it is: addresses are offsets, nothing is written, nothing lies beyond the file. */
static void one_segment_read_and_executed(void **state)
{
	uint32_t count;
	const Elf64_Phdr *load = program_header(PT_LOAD, &count);
	(void)state;
	assert_int_equal(count, 1);
	assert_int_equal(load->p_offset, 0);
	assert_int_equal(load->p_vaddr, 0);
	assert_int_equal(load->p_filesz, load->p_memsz);
	assert_in_range(load->p_memsz, 1, vdso.file_bytes);
	assert_int_equal(load->p_flags, PF_R | PF_X);
	assert_non_null(program_header(PT_GNU_EH_FRAME, &count));
	assert_int_equal(program_header(PT_GNU_STACK, &count)->p_flags & PF_X, 0);
}

static void no_relocations_and_no_dependencies(void **state)
{
	static const int64_t unwanted[] = { DT_REL,    DT_RELA,    DT_RELR, DT_JMPREL, DT_PLTGOT,
					    DT_NEEDED, DT_TEXTREL, DT_INIT, DT_FINI };
	(void)state;
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++)
		assert_null(vdso_dynamic(&vdso, unwanted[i]));
}

static void soname_is_linux(void **state)
{
	const char *strings = vdso_dynamic(&vdso, DT_STRTAB);
	const uint8_t *name = vdso_dynamic(&vdso, DT_SONAME);
	(void)state;
	assert_non_null(name);
	assert_string_equal(strings + (name - vdso.image), "linux-vdso.so.1");
}

static void check_pair(const char *plain, bool gnu_hash)
{
	char name[64] = "__vdso_";
	strcat(name, plain);
	const Elf64_Sym *prefixed = vdso_symbol(&vdso, name, "LINUX_2.6", gnu_hash);
	const Elf64_Sym *weak = vdso_symbol(&vdso, plain, "LINUX_2.6", gnu_hash);
	assert_non_null(prefixed);
	assert_non_null(weak);
	assert_int_equal(ELF64_ST_BIND(prefixed->st_info), STB_GLOBAL);
	assert_int_equal(ELF64_ST_BIND(weak->st_info), STB_WEAK);
	assert_int_equal(prefixed->st_value, weak->st_value);
	assert_in_range(prefixed->st_value + prefixed->st_size, 1, vdso.file_bytes);
}

static void functions_are_found_by_both_hashes(void **state)
{
	(void)state;
	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		check_pair(functions[i], true);
		check_pair(functions[i], false);
	}
}

static void nothing_else_is_found(void **state)
{
	static const char *const names[] = { "clock_page", "__vdso_clock_settime", "__kernel_sigreturn", "" };
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_null(vdso_symbol(&vdso, names[i], "LINUX_2.6", true));
		assert_null(vdso_symbol(&vdso, names[i], "LINUX_2.6", false));
	}
	assert_null(vdso_symbol(&vdso, "__vdso_time", "LINUX_2.5", true));
	assert_null(vdso_symbol(&vdso, "__vdso_time", "LINUX_2.5", false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_a_shared_object),
		cmocka_unit_test(file_fits_one_page),
		cmocka_unit_test(one_segment_read_and_executed),
		cmocka_unit_test(no_relocations_and_no_dependencies),
		cmocka_unit_test(soname_is_linux),
		cmocka_unit_test(functions_are_found_by_both_hashes),
		cmocka_unit_test(nothing_else_is_found),
	};
	vdso_load(&vdso);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
