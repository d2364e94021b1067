/* SPDX-License-Identifier: MIT */
/*
 * personality(2)'s bits that mean something here.
 */
#ifndef LICHEN_PERSONALITY_PERSONA_H
#define LICHEN_PERSONALITY_PERSONA_H

#define LINUX_ADDR_NO_RANDOMIZE 0x0040000u
#define LINUX_MMAP_PAGE_ZERO 0x0100000u
#define LINUX_ADDR_COMPAT_LAYOUT 0x0200000u
#define LINUX_READ_IMPLIES_EXEC 0x0400000u
/* Cleared when exec gains privileges. */
#define LINUX_PER_CLEAR_ON_SETID                                                                             \
	(LINUX_READ_IMPLIES_EXEC | LINUX_ADDR_NO_RANDOMIZE | LINUX_ADDR_COMPAT_LAYOUT | LINUX_MMAP_PAGE_ZERO)

#endif
