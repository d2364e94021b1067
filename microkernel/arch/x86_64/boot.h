/* SPDX-License-Identifier: MIT */
/*
 * What the boot loader told, after it was checked: boot_info for the supervisor, the boot module, and words of the
 * command line for the kernel's own few options.
 */
#ifndef LICHEN_ARCH_BOOT_H
#define LICHEN_ARCH_BOOT_H

#include <stdbool.h>
#include "abi/boot.h"
#include "memory/memory.h"

/* Names of the boot protocols. */
#define BOOT_MULTIBOOT2 1
#define BOOT_PVH 2

/* Called by boot.S with BOOT_MULTIBOOT2 or BOOT_PVH and the physical address of the loader's information. */
_Noreturn void kernel_main(uint32_t protocol, uint32_t information);

/* Fill boot_info and boot_module from the loader's information; panics with a clear line when that makes no sense. */
void boot_read(uint32_t protocol, uint32_t information);

extern struct boot_info *const boot_info;
extern struct boot_module boot_module;
/* Physical address of the page that boot_info fills alone, to make a memory object over. */
paddr_t boot_info_address(void);

/* True when the command line has the word; when it is name=value, *value is the text behind '=' (not terminated at
   the word's end) unless `value` is NULL. */
bool boot_option(const char *name, const char **value);

/* Kinds of ranges, a bit each: what may become frames; and all that is memory, firmware's tables too. */
#define BOOT_RAM 0x2u
#define BOOT_MEMORY 0x1au
/* Does a range of these kinds hold all of a piece of physical memory (`whole`), or any of it? */
bool boot_has_memory(uint64_t base, uint64_t bytes, unsigned kinds, bool whole);

/* Between the two readers of loader information (boot_loader.c) and boot.c. */
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
