/* SPDX-License-Identifier: MIT */
/*
 * What is in an ELF file, as far as loading it needs: pure, tested on the host with broken headers.
 */
#ifndef LICHEN_PERSONALITY_ELF_H
#define LICHEN_PERSONALITY_ELF_H

#include <stdbool.h>
#include <stdint.h>
#include "linux_abi/elf.h"

#define ELF_PROGRAM_HEADERS_MAX 1170u /* 64 KiB of them, as Linux */

/* 0 or -ENOEXEC: not an executable or shared object for this machine, or headers that make no sense. */
int elf_check_header(const struct linux_elf_header *header, uint64_t bytes);

struct elf_layout {
	uint64_t low, high;   /* page-aligned span of all loaded segments, before the bias */
	uint64_t headers;     /* address of the program headers in memory, before the bias; 0: not mapped */
	uint64_t break_start; /* end of the highest segment */
	uint64_t code_start, code_end, data_start, data_end;
	uint64_t interpreter_offset, interpreter_bytes; /* of the name in the file; bytes 0: none */
	uint64_t align;                                 /* greatest alignment of a loaded segment */
	bool executable_stack;
};

/* 0, -ENOEXEC, -EINVAL (nothing to load). */
int elf_read_layout(const struct linux_elf_header *header, const struct linux_program_header *program,
		    struct elf_layout *layout);

#endif
