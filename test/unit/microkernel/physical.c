/* SPDX-License-Identifier: MIT */
/*
 * What the kernel's boot code calls, made for the host: physical.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "arch/x86_64/boot.h"
#include "debug/log.h"
#include "physical.h"

#define READABLE_END 0x100000000ull
#define PATTERN 0xff

unsigned char physical_memory[PHYSICAL_BYTES];
char panic_text[256];
static jmp_buf panic_jump;

bool physical_read(void *destination, uint64_t address, uint64_t bytes)
{
	unsigned char *to = destination;
	if (bytes > READABLE_END || address > READABLE_END - bytes)
		return false;
	for (uint64_t i = 0; i < bytes; i++) {
		uint64_t place = address + i - PHYSICAL_BASE;
		to[i] = place < PHYSICAL_BYTES ? physical_memory[place] : PATTERN;
	}
	return true;
}

bool boot_add_range(struct boot_info *info, uint64_t base, uint64_t length, uint32_t kind)
{
	if (info->range_count == BOOT_RANGES_MAX)
		return false;
	info->ranges[info->range_count++] = (struct boot_range){ .base = base,
								 .length = length,
								 .kind = kind };
	return true;
}

_Noreturn void panic(const char *format, ...)
{
	va_list list;
	va_start(list, format);
	(void)vsnprintf(panic_text, sizeof(panic_text), format, list);
	va_end(list);
	longjmp(panic_jump, 1);
}

bool runs(void (*read)(uint64_t, struct boot_reading *), uint64_t address, struct boot_reading *reading)
{
	panic_text[0] = 0;
	if (setjmp(panic_jump))
		return false;
	read(address, reading);
	return true;
}

void log_print(const char *format, ...)
{
	char line[256];
	va_list list;
	va_start(list, format);
	(void)vsnprintf(line, sizeof(line), format, list);
	va_end(list);
}

uint32_t test_random(void)
{
	static uint64_t state = 0x9e3779b97f4a7c15ull;
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(state >> 33);
}
