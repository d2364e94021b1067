/* SPDX-License-Identifier: MIT */
/*
 * Boot information: gather it from the loader's format, check it, keep it (boot.h).
 *
 * Loaders are trusted no more than they must be: what contradicts itself ends booting with a line that says so.
 * After boot_read the ranges are sorted and do not overlap (where they did, memory that is not RAM wins), the module is
 * page aligned, inside RAM and clear of the kernel.
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/boot.h"
#include "debug/log.h"
#include "structure/bytes.h"

#define READABLE_END 0x100000000ull
#define RANGE_RAM 1u

/* Alone on its page, for the memory object that the supervisor gets; behind it a copy of the RSDP where the firmware's
   own has no address. */
static union {
	struct {
		struct boot_info info;
		unsigned char rsdp[RSDP_BYTES_MAX];
	};
	char page[PAGE_SIZE];
} boot_page __attribute__((aligned(PAGE_SIZE), section(".bss.page")));
_Static_assert(sizeof(boot_page) == PAGE_SIZE, "one page");

struct boot_info *const boot_info = &boot_page.info;
struct boot_module boot_module;

paddr_t boot_info_address(void)
{
	return (paddr_t){ (uintptr_t)&boot_page - KERNEL_BASE };
}

bool physical_read(void *destination, uint64_t address, uint64_t bytes)
{
	if (bytes > READABLE_END || address > READABLE_END - bytes)
		return false;
	memcpy(destination, direct_map((paddr_t){ address }), bytes);
	return true;
}

bool boot_add_range(struct boot_info *info, uint64_t base, uint64_t length, uint32_t kind)
{
	if (!length)
		return true;
	if (base + length < base)
		length = UINT64_MAX - base;
	if (info->range_count == BOOT_RANGES_MAX)
		return false;
	uint32_t place = info->range_count++;
	for (; place && info->ranges[place - 1].base > base; place--)
		info->ranges[place] = info->ranges[place - 1];
	info->ranges[place] = (struct boot_range){ .base = base, .length = length, .kind = kind };
	return true;
}

/* Two neighbours by base: shorten the one that is RAM so that they do not overlap. */
static void separate(struct boot_range *first, struct boot_range *second)
{
	uint64_t first_end = first->base + first->length, second_end = second->base + second->length;
	if (first_end <= second->base)
		return;
	log_print("boot: memory ranges at 0x%lx and 0x%lx overlap", first->base, second->base);
	if (first->kind == RANGE_RAM) {
		first->length = second->base - first->base;
		return;
	}
	uint64_t start = first_end < second_end ? first_end : second_end;
	second->base = start;
	second->length = second_end - start;
}

void boot_separate_ranges(struct boot_info *info)
{
	for (uint32_t i = 1; i < info->range_count; i++)
		separate(&info->ranges[i - 1], &info->ranges[i]);
}

static void ranges_check(struct boot_info *info)
{
	boot_separate_ranges(info);
	for (uint32_t i = 0; i < info->range_count; i++)
		if (info->ranges[i].kind == RANGE_RAM)
			info->memory_bytes += info->ranges[i].length;
	if (!info->memory_bytes)
		panic("boot: the memory map has no RAM");
}

bool boot_has_memory(uint64_t base, uint64_t bytes, unsigned kinds, bool whole)
{
	const struct boot_range *range = boot_info->ranges, *ranges_end = range + boot_info->range_count;
	for (; range < ranges_end; range++) {
		uint64_t end = range->base + range->length;
		if (range->kind >= 32 || !(kinds >> range->kind & 1))
			continue;
		if (whole ? range->base <= base && end >= base + bytes
			  : range->base < base + bytes && end > base)
			return true;
	}
	return false;
}

static void module_check(struct boot_module module)
{
	uint64_t base = module.base.value, end = base + module.bytes;
	uint64_t image = (uintptr_t)image_boot_start - KERNEL_BASE;
	uint64_t image_end = (uintptr_t)image_data_end - KERNEL_BASE;

	if (!boot_has_memory(image, image_end - image, BOOT_RAM, true))
		panic("boot: the memory map has no RAM under the kernel");
	if (!module.bytes) {
		log_print("boot: no module");
		return;
	}
	if (end < base || !boot_has_memory(base, module.bytes, BOOT_RAM, true))
		panic("boot: module 0x%lx..0x%lx is not in RAM", base, end);
	if (base % PAGE_SIZE)
		panic("boot: module at 0x%lx is not on a page boundary", base);
	if (base < image_end && end > image)
		panic("boot: module 0x%lx..0x%lx lies over the kernel", base, end);
}

/* The firmware's own RSDP where it can be found, since the loader's copy lies in memory that will be used again. */
static uint64_t rsdp_address(const struct boot_reading *reading)
{
	uint64_t found = reading->rsdp ? reading->rsdp : acpi_scan_rsdp();
	if (found || !reading->rsdp_copy_bytes)
		return found;
	memcpy(boot_page.rsdp, reading->rsdp_copy, RSDP_BYTES_MAX);
	return (uintptr_t)boot_page.rsdp - KERNEL_BASE;
}

/* Not inlined: its buffers would stay on the kernel stack for ever. */
__attribute__((noinline)) void boot_read(uint32_t protocol, uint32_t information)
{
	struct boot_reading reading = { .info = boot_info };

	if (protocol == BOOT_PVH)
		boot_read_pvh(information, &reading);
	else
		boot_read_multiboot2(information, &reading);
	ranges_check(boot_info);
	module_check(reading.module);
	boot_module = reading.module;
	boot_info->module_bytes = boot_module.bytes;
	boot_info->rsdp = rsdp_address(&reading);
	panic_set_exit(boot_option("panic=exit", NULL));
	log_print("boot: %s, %lu MB, module %lu KB at 0x%lx, command line \"%s\"",
		  protocol == BOOT_PVH ? "PVH" : "multiboot2", boot_info->memory_bytes >> 20,
		  boot_module.bytes >> 10, boot_module.base.value, boot_info->command_line);
}

bool boot_option(const char *name, const char **value)
{
	size_t length = strlen(name);
	for (const char *word = boot_info->command_line; *word;) {
		size_t word_length = 0;
		while (word[word_length] && word[word_length] != ' ')
			word_length++;
		bool ends = word_length == length || (value && word[length] == '=');
		if (word_length >= length && ends && !memcmp(word, name, length)) {
			if (value)
				*value = word_length == length ? "" : word + length + 1;
			return true;
		}
		word += word_length;
		while (*word == ' ')
			word++;
	}
	return false;
}
