/* SPDX-License-Identifier: MIT */
/*
 * elf: checks a native program's file and says what is to be mapped where. Native programs are static, non-PIE ELF64
 * executables for x86-64; anything else, and anything that does not add up, is refused. Pure: no memory is mapped here.
 *
 * What a plan promises: segments in rising order that do not share a page, inside ELF_LOWEST..ELF_HIGHEST, contents
 * inside the file, nothing both writable and executable, an entry inside an executable segment, program headers
 * inside a readable one.
 */
#ifndef LICHEN_RUNTIME_ELF_H
#define LICHEN_RUNTIME_ELF_H

#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

#define ELF_SEGMENTS_MAX 8
#define ELF_BUILD_ID_BYTES 20
#define ELF_LOWEST 0x10000ull
#define ELF_HIGHEST 0x7e0000000000ull

struct elf_segment {
	uint64_t address;      /* first page */
	uint64_t memory_bytes; /* whole pages */
	uint64_t content_at;   /* offset of the contents from `address`, below a page */
	uint64_t file_offset;  /* of the contents */
	uint64_t file_bytes;   /* the rest is zeros */
	uint32_t prot;         /* PROT_BIT_* */
};

struct elf_plan {
	uint64_t entry;
	uint64_t headers; /* address of the program headers in memory */
	uint32_t header_count;
	uint32_t segment_count;
	uint8_t build_id[ELF_BUILD_ID_BYTES]; /* zeros: it has none */
	struct elf_segment segments[ELF_SEGMENTS_MAX];
};

/* CORRUPT: malformed; NOT_SUPPORTED: an ELF of another kind; TOO_BIG: more segments than a plan holds. */
status_t elf_plan_make(const uint8_t *file, size_t size, struct elf_plan *plan);

#endif
