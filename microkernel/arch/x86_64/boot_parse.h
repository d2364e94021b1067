/* SPDX-License-Identifier: MIT */
/*
 * Between the two readers of loader information (boot_multiboot2.c, boot_pvh.c) and what they fill (boot.c).
 * The boot page tables map the first 4 GB; nothing outside it is ever read.
 */
#ifndef LICHEN_ARCH_BOOT_PARSE_H
#define LICHEN_ARCH_BOOT_PARSE_H

#include <stdbool.h>
#include "arch/x86_64/boot.h"

#define RSDP_BYTES_MAX 36u

/* What a reader found, unchecked beyond its own encoding. */
struct boot_reading {
	struct boot_info *info;    /* ranges, command line and framebuffer are filled */
	struct boot_module module; /* the first module; bytes 0: none */
	uint64_t rsdp;             /* physical address, 0: not told */
	unsigned char rsdp_copy[RSDP_BYTES_MAX];
	uint32_t rsdp_copy_bytes; /* 0: no copy */
};

/* Copy from physical memory; false when any byte lies outside the first 4 GB. */
bool physical_read(void *destination, uint64_t address, uint64_t bytes);
/* False when there are too many. Empty ranges are left out. */
bool boot_add_range(struct boot_info *info, uint64_t base, uint64_t length, uint32_t kind);
/* Make the sorted ranges free of overlaps: RAM gives way. */
void boot_separate_ranges(struct boot_info *info);

void boot_read_multiboot2(uint64_t address, struct boot_reading *reading);
void boot_read_pvh(uint64_t address, struct boot_reading *reading);

#endif
