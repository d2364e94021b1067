/* SPDX-License-Identifier: MIT */
/*
 * Reader of PVH start information (the hvm_start_info structure, version 1 or later: it has a memory map).
 */
#include "arch/x86_64/boot_parse.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "structure/bytes.h"

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

struct map_entry {
	uint64_t base, length;
	uint32_t kind, reserved;
};

static void read_command_line(uint64_t address, struct boot_info *info)
{
	for (uint32_t i = 0; i < BOOT_COMMAND_LINE_MAX - 1; i++) {
		if (!physical_read(&info->command_line[i], address + i, 1))
			panic("boot: PVH command line lies outside memory");
		if (!info->command_line[i])
			return;
	}
	log_print("boot: the command line is cut at %u bytes", BOOT_COMMAND_LINE_MAX - 1);
}

static void read_memory_map(const struct start_info *start, struct boot_info *info)
{
	for (uint32_t i = 0; i < start->memory_map_count; i++) {
		struct map_entry entry;
		if (!physical_read(&entry, start->memory_map + (uint64_t)i * sizeof(entry), sizeof(entry)))
			panic("boot: PVH memory map lies outside memory");
		if (!boot_add_range(info, entry.base, entry.length, entry.kind))
			panic("boot: more than %u memory ranges", BOOT_RANGES_MAX);
	}
}

void boot_read_pvh(uint64_t address, struct boot_reading *reading)
{
	struct start_info start;
	struct module_entry module;

	if (!physical_read(&start, address, sizeof(start)) || start.magic != START_INFO_MAGIC)
		panic("boot: no PVH start information at 0x%lx", address);
	if (start.version < 1 || !start.memory_map_count)
		panic("boot: PVH start information without a memory map");
	read_memory_map(&start, reading->info);
	if (start.command_line)
		read_command_line(start.command_line, reading->info);
	reading->rsdp = start.rsdp;
	if (!start.module_count)
		return;
	if (!physical_read(&module, start.modules, sizeof(module)))
		panic("boot: PVH module list lies outside memory");
	reading->module = (struct boot_module){ { module.address }, module.bytes };
}
