/* SPDX-License-Identifier: MIT */
/*
 * The vDSO image in the test's memory, read-only and executable, with a clock page below it; and its symbols, found as C
 * libraries find them.
 */
#ifndef LICHEN_TEST_VDSO_LOAD_H
#define LICHEN_TEST_VDSO_LOAD_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/boot.h"

struct vdso {
	const uint8_t *image;
	size_t file_bytes;
	struct clock_page *page; /* writable; the image sees the same memory read-only */
	const Elf64_Dyn *dynamic;
	size_t dynamic_count; /* without DT_NULL */
};

/* Ends the test program when it cannot. */
void vdso_load(struct vdso *vdso);
/* Address of the dynamic entry's value in the image, or NULL: no such entry. */
const void *vdso_dynamic(const struct vdso *vdso, int64_t tag);
/* By DT_GNU_HASH or DT_HASH, in the given version, defined, a function; NULL: none. */
const Elf64_Sym *vdso_symbol(const struct vdso *vdso, const char *name, const char *version, bool gnu_hash);
/* The function's address. */
void *vdso_function(const struct vdso *vdso, const char *name);

#endif
