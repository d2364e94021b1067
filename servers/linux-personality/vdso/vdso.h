/* SPDX-License-Identifier: MIT */
/*
 * The vDSO: time for Linux processes without a call (vdso(7)).
 *
 * image.c is compiled and linked (image.ld) into an ELF image of one page, which is a part of this server and is copied
 * once, at start, into a memory object. Every program gets the kernel's clock page, [vvar], and directly above it the
 * image, [vdso], which finds the page by that distance. Both are private mappings: a debugger may write into its copy
 * of the image, and nobody into the clock page.
 */
#ifndef LICHEN_PERSONALITY_VDSO_H
#define LICHEN_PERSONALITY_VDSO_H

#include <stdint.h>
#include "abi/types.h"

struct mm;

#define VDSO_SPAN (2 * PAGE_SIZE) /* of both mappings */

/* Once at start: 0 or -errno. The handle stays in use. */
int vdso_init(handle_t clock_page);
/* Map both into a space that nobody uses yet, the lower page at this address, and note the image's in the mm. Where
   something is already mapped there, the program has no vDSO and calls the system. 0 or -errno. */
int vdso_map(struct mm *mm, uint64_t address);

#endif
