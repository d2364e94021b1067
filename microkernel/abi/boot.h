/* SPDX-License-Identifier: MIT */
/*
 * What the kernel hands to the supervisor at boot, the flat image format that the supervisor is linked into the
 * kernel as, and the clock page.
 */
#ifndef LICHEN_ABI_BOOT_H
#define LICHEN_ABI_BOOT_H

#include "types.h"

/* Flat image: this header first, segment contents behind it at their offsets. The build makes it from an ELF. */
#define FLAT_IMAGE_MAGIC 0x313074616c66ull /* "flat01" */
#define FLAT_IMAGE_SEGMENTS 8

struct flat_segment {
	uint64_t address;      /* page aligned, in the native domain */
	uint64_t memory_bytes; /* page aligned */
	uint64_t offset;       /* of the contents, from the header's start */
	uint64_t file_bytes;   /* the rest is zero */
	uint32_t prot;         /* PROT_BIT_* */
	uint32_t reserved;
};

struct flat_image {
	uint64_t magic;
	uint64_t entry;
	uint64_t segment_count;
	uint64_t program_headers; /* address of the ELF program headers in memory, for the libc's start */
	uint64_t program_header_count;
	struct flat_segment segments[FLAT_IMAGE_SEGMENTS];
};

#define BOOT_RANGES_MAX 64
#define BOOT_COMMAND_LINE_MAX 2048

struct boot_range {
	uint64_t base, length; /* bytes */
	uint32_t kind;         /* as the firmware says: 1 RAM, 2 reserved, 3 ACPI reclaimable, 4 ACPI NVS */
	uint32_t reserved;
};

struct boot_framebuffer {
	uint64_t address;
	uint32_t width, height, pitch; /* text: columns, rows, bytes a row */
	uint8_t bits_per_pixel;
	uint8_t kind; /* 0 none, 1 linear RGB, 2 VGA text */
	uint8_t red_shift, red_bits, green_shift, green_bits, blue_shift, blue_bits;
};

struct boot_info {
	uint64_t module_bytes; /* length of the newc archive in HANDLE_BOOT_MODULE */
	uint64_t rsdp;         /* physical address of ACPI's RSDP, 0 if none was found */
	uint64_t cpu_count;    /* that the firmware lists */
	uint64_t memory_bytes; /* RAM */
	struct boot_framebuffer framebuffer;
	uint32_t range_count;
	uint32_t reserved;
	struct boot_range ranges[BOOT_RANGES_MAX];
	char command_line[BOOT_COMMAND_LINE_MAX]; /* NUL-terminated */
};

/*
 * The clock page, written by the kernel alone. Readers: take `sequence` (retry while odd), compute
 *   ns = base_ns + ((rdtsc - base_tsc) * mult >> shift)
 * with a 128-bit product, read `sequence` again. Wall-clock time is monotonic plus realtime_offset_ns.
 */
struct clock_page {
	uint32_t sequence;
	uint32_t shift;
	uint64_t mult;
	uint64_t base_tsc;
	uint64_t base_ns;
	int64_t realtime_offset_ns;
	uint64_t tsc_hz;
	uint32_t tsc_usable; /* 0: ask the kernel */
	uint32_t reserved;
};

#endif
