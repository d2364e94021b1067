/* SPDX-License-Identifier: MIT */
/*
 * Readers of what a boot loader leaves: multiboot2 information, and PVH start information.
 *
 * Multiboot2: a length, then tags of type, size and contents, each on 8 bytes, ended by a tag of type 0. Each tag is
 * copied before it is looked at, and must lie within the length; else booting ends. PVH: the hvm_start_info structure,
 * version 1 or later, which has a memory map.
 */
#include "arch/x86_64/boot.h"
#include "debug/log.h"

#define INFORMATION_MAX 0x100000u
#define MAP_ENTRIES_MAX 1024u

enum tag_type {
	TAG_END = 0,
	TAG_COMMAND_LINE = 1,
	TAG_MODULE = 3,
	TAG_MEMORY_MAP = 6,
	TAG_FRAMEBUFFER = 8,
	TAG_RSDP_OLD = 14,
	TAG_RSDP_NEW = 15,
};

struct tag {
	uint32_t type, size;
};

struct tag_module {
	struct tag tag;
	uint32_t start, end;
};

struct tag_memory_map {
	struct tag tag;
	uint32_t entry_size, entry_version;
};

struct map_entry {
	uint64_t base, length;
	uint32_t kind, reserved;
};

struct tag_framebuffer {
	struct tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bits_per_pixel, type;
	uint16_t reserved;
	uint8_t red_shift, red_bits, green_shift, green_bits, blue_shift, blue_bits;
} __attribute__((packed));

static bool tag_copy(void *destination, size_t bytes, uint64_t address, uint32_t size)
{
	return size >= bytes && physical_read(destination, address, bytes);
}

/* Up to its NUL, or to `max` bytes. */
static void read_command_line(struct boot_info *info, uint64_t address, uint64_t max)
{
	for (uint64_t i = 0; i < max && i < BOOT_COMMAND_LINE_MAX - 1; i++) {
		if (!physical_read(&info->command_line[i], address + i, 1))
			panic("boot: the command line lies outside memory");
		if (!info->command_line[i])
			return;
	}
	log_print("boot: the command line has no end, or is cut at %u bytes", BOOT_COMMAND_LINE_MAX - 1);
}

static void read_module(uint64_t address, uint32_t size, struct boot_reading *reading)
{
	struct tag_module tag;
	if (!tag_copy(&tag, sizeof(tag), address, size) || tag.end < tag.start)
		panic("boot: multiboot2 module tag makes no sense");
	if (reading->module.bytes) {
		log_print("boot: a second module at 0x%x is ignored", tag.start);
		return;
	}
	reading->module = (struct boot_module){ { tag.start }, tag.end - tag.start };
}

static void read_map_entries(struct boot_info *info, uint64_t address, uint32_t count, uint32_t entry_bytes)
{
	for (uint32_t i = 0; i < count; i++) {
		struct map_entry entry;
		if (!physical_read(&entry, address + (uint64_t)i * entry_bytes, sizeof(entry)))
			panic("boot: the memory map lies outside memory");
		if (!boot_add_range(info, entry.base, entry.length, entry.kind))
			panic("boot: more than %u memory ranges", BOOT_RANGES_MAX);
	}
}

static void read_memory_map(uint64_t address, uint32_t size, struct boot_reading *reading)
{
	struct tag_memory_map tag;
	if (!tag_copy(&tag, sizeof(tag), address, size) || tag.entry_size < sizeof(struct map_entry))
		panic("boot: multiboot2 memory map tag makes no sense");
	uint32_t count = (size - (uint32_t)sizeof(tag)) / tag.entry_size;
	if (count > MAP_ENTRIES_MAX)
		panic("boot: multiboot2 memory map has %u entries", count);
	read_map_entries(reading->info, address + sizeof(tag), count, tag.entry_size);
}

static void read_framebuffer(uint64_t address, uint32_t size, struct boot_reading *reading)
{
	struct tag_framebuffer tag = { 0 };
	uint64_t bytes = size < sizeof(tag) ? size : sizeof(tag);
	if (size < offsetof(struct tag_framebuffer, red_shift) || !physical_read(&tag, address, bytes))
		panic("boot: multiboot2 framebuffer tag makes no sense");
	if (tag.type != 1 && tag.type != 2)
		return;
	reading->info->framebuffer = (struct boot_framebuffer){ .address = tag.address,
								.width = tag.width,
								.height = tag.height,
								.pitch = tag.pitch,
								.bits_per_pixel = tag.bits_per_pixel,
								.kind = tag.type,
								.red_shift = tag.red_shift,
								.red_bits = tag.red_bits,
								.green_shift = tag.green_shift,
								.green_bits = tag.green_bits,
								.blue_shift = tag.blue_shift,
								.blue_bits = tag.blue_bits };
}

static void read_rsdp(uint64_t address, uint32_t size, struct boot_reading *reading)
{
	uint32_t bytes = size - (uint32_t)sizeof(struct tag);
	if (bytes > RSDP_BYTES_MAX)
		bytes = RSDP_BYTES_MAX;
	if (bytes <= reading->rsdp_copy_bytes)
		return;
	if (!physical_read(reading->rsdp_copy, address + sizeof(struct tag), bytes))
		panic("boot: multiboot2 RSDP tag lies outside memory");
	reading->rsdp_copy_bytes = bytes;
}

static void read_tag(struct tag tag, uint64_t address, struct boot_reading *reading)
{
	switch (tag.type) {
	case TAG_COMMAND_LINE:
		read_command_line(reading->info, address + sizeof(tag), tag.size - sizeof(tag));
		break;
	case TAG_MODULE: read_module(address, tag.size, reading); break;
	case TAG_MEMORY_MAP: read_memory_map(address, tag.size, reading); break;
	case TAG_FRAMEBUFFER: read_framebuffer(address, tag.size, reading); break;
	case TAG_RSDP_OLD:
	case TAG_RSDP_NEW: read_rsdp(address, tag.size, reading); break;
	default: break;
	}
}

void boot_read_multiboot2(uint64_t address, struct boot_reading *reading)
{
	uint32_t head[2];
	if (address % 8 || !physical_read(head, address, sizeof(head)))
		panic("boot: multiboot2 information at 0x%lx", address);
	if (head[0] < sizeof(head) + sizeof(struct tag) || head[0] > INFORMATION_MAX)
		panic("boot: multiboot2 information of %u bytes", head[0]);
	uint64_t end = address + head[0];
	uint64_t place = address + sizeof(head);
	for (;;) {
		struct tag tag;
		if (place + sizeof(tag) > end || !physical_read(&tag, place, sizeof(tag)))
			panic("boot: multiboot2 information has no end tag");
		if (tag.type == TAG_END)
			return;
		if (tag.size < sizeof(tag) || tag.size > end - place)
			panic("boot: multiboot2 tag %u has size %u", tag.type, tag.size);
		read_tag(tag, place, reading);
		place += ((uint64_t)tag.size + 7) & ~7ull;
	}
}

#define START_INFO_MAGIC 0x336ec578u

struct start_info {
	uint32_t magic, version, flags, module_count;
	uint64_t modules, command_line, rsdp;
	uint64_t memory_map;
	uint32_t memory_map_count, reserved;
};

struct module_entry {
	uint64_t address, bytes, command_line, reserved;
};

void boot_read_pvh(uint64_t address, struct boot_reading *reading)
{
	struct start_info start;
	struct module_entry module;

	if (!physical_read(&start, address, sizeof(start)) || start.magic != START_INFO_MAGIC)
		panic("boot: no PVH start information at 0x%lx", address);
	if (start.version < 1 || !start.memory_map_count)
		panic("boot: PVH start information without a memory map");
	read_map_entries(reading->info, start.memory_map, start.memory_map_count, sizeof(struct map_entry));
	if (start.command_line)
		read_command_line(reading->info, start.command_line, UINT64_MAX);
	reading->rsdp = start.rsdp;
	if (!start.module_count)
		return;
	if (!physical_read(&module, start.modules, sizeof(module)))
		panic("boot: PVH module list lies outside memory");
	reading->module = (struct boot_module){ { module.address }, module.bytes };
}
