/* SPDX-License-Identifier: MIT */
/*
 * ELF64 as the loader reads it, and the auxiliary vector's types.
 */
#ifndef LICHEN_LINUX_ABI_ELF_H
#define LICHEN_LINUX_ABI_ELF_H

#include <stdint.h>

struct linux_elf_header {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, program_headers, section_headers;
	uint32_t flags;
	uint16_t header_bytes, program_header_bytes, program_header_count;
	uint16_t section_header_bytes, section_header_count, section_names;
};

struct linux_program_header {
	uint32_t type, flags;
	uint64_t offset, address, physical, file_bytes, memory_bytes, align;
};

#define LINUX_ET_EXEC 2u
#define LINUX_ET_DYN 3u
#define LINUX_EM_X86_64 62u
#define LINUX_ELFCLASS64 2u
#define LINUX_ELFDATA2LSB 1u
#define LINUX_PT_LOAD 1u
#define LINUX_PT_INTERP 3u
#define LINUX_PT_PHDR 6u
#define LINUX_PT_GNU_STACK 0x6474e551u
#define LINUX_PF_X 1u
#define LINUX_PF_W 2u
#define LINUX_PF_R 4u

#define LINUX_AT_NULL 0
#define LINUX_AT_PHDR 3
#define LINUX_AT_PHENT 4
#define LINUX_AT_PHNUM 5
#define LINUX_AT_PAGESZ 6
#define LINUX_AT_BASE 7
#define LINUX_AT_FLAGS 8
#define LINUX_AT_ENTRY 9
#define LINUX_AT_UID 11
#define LINUX_AT_EUID 12
#define LINUX_AT_GID 13
#define LINUX_AT_EGID 14
#define LINUX_AT_PLATFORM 15
#define LINUX_AT_HWCAP 16
#define LINUX_AT_CLKTCK 17
#define LINUX_AT_SECURE 23
#define LINUX_AT_RANDOM 25
#define LINUX_AT_HWCAP2 26
#define LINUX_AT_EXECFN 31
#define LINUX_AT_SYSINFO_EHDR 33
#define LINUX_AT_MINSIGSTKSZ 51

#endif
