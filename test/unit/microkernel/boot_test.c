/* SPDX-License-Identifier: MIT */
/*
 * Readers of multiboot2 and PVH information: whole, cut short, and with random bytes changed. What they cannot
 * make sense of must end in a panic line; they may never write beyond what they fill.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include "physical.h"
#include <cmocka.h>
#include "arch/x86_64/boot.h"

#define CORRUPTIONS 20000u

static struct boot_info info;
static struct boot_reading reading;
static uint32_t used;

static void reset(void)
{
	memset(&info, 0, sizeof(info));
	reading = (struct boot_reading){ .info = &info };
}

static void put(const void *bytes, uint32_t count)
{
	memcpy(physical_memory + used, bytes, count);
	used += count;
}

static void put32(uint32_t value)
{
	put(&value, sizeof(value));
}

static void put64(uint64_t value)
{
	put(&value, sizeof(value));
}

static void begin_tag(uint32_t type, uint32_t contents)
{
	used = (used + 7) & ~7u;
	put32(type);
	put32(contents + 8);
}

static void make_multiboot2(void)
{
	memset(physical_memory, 0, sizeof(physical_memory));
	used = 8;
	begin_tag(1, 12);
	put("console=on\0", 12);
	begin_tag(3, 9);
	put32(0x200000);
	put32(0x2f0000);
	put("", 1);
	begin_tag(6, 8 + 2 * 24);
	put32(24);
	put32(0);
	put64(0);
	put64(0x9fc00);
	put64(1);
	put64(0x100000);
	put64(0x7f00000);
	put64(1);
	begin_tag(8, 24);
	put64(0xb8000);
	put32(160);
	put32(80);
	put32(25);
	put32(16 | 2 << 8);
	begin_tag(14, 20);
	put("RSD PTR 012345678901", 20);
	begin_tag(0, 0);
	memcpy(physical_memory, &used, 4);
}

static void multiboot2_whole(void **state)
{
	(void)state;
	make_multiboot2();
	reset();
	assert_true(runs(boot_read_multiboot2, PHYSICAL_BASE, &reading));
	assert_string_equal(info.command_line, "console=on");
	assert_int_equal(reading.module.base.value, 0x200000);
	assert_int_equal(reading.module.bytes, 0xf0000);
	assert_int_equal(info.range_count, 2);
	assert_int_equal(info.ranges[1].base, 0x100000);
	assert_int_equal(info.ranges[1].length, 0x7f00000);
	assert_int_equal(info.framebuffer.kind, 2);
	assert_int_equal(info.framebuffer.width, 80);
	assert_int_equal(info.framebuffer.address, 0xb8000);
	assert_int_equal(reading.rsdp_copy_bytes, 20);
	assert_memory_equal(reading.rsdp_copy, "RSD PTR 0123", 12);
}

static void multiboot2_cut_short(void **state)
{
	(void)state;
	make_multiboot2();
	uint32_t whole = used;
	for (uint32_t bytes = 0; bytes < whole; bytes++) {
		memcpy(physical_memory, &bytes, 4);
		reset();
		assert_false(runs(boot_read_multiboot2, PHYSICAL_BASE, &reading));
		assert_memory_equal(panic_text, "boot: ", 6);
	}
}

static void multiboot2_elsewhere(void **state)
{
	(void)state;
	make_multiboot2();
	reset();
	assert_false(runs(boot_read_multiboot2, PHYSICAL_BASE + 4, &reading));
	assert_false(runs(boot_read_multiboot2, 0xfffffff8, &reading));
	assert_false(runs(boot_read_multiboot2, 0x100000000, &reading));
}

/* A few bytes of the made information become anything; where it matters, bytes that break sizes more often. */
static void corrupt(void)
{
	for (uint32_t count = 1 + test_random() % 6; count; count--) {
		uint32_t value = test_random();
		physical_memory[test_random() % used] = (unsigned char)(value & 0x100   ? value
									: value & 0x200 ? 0xff
											: 0);
	}
}

static void check_filled(void)
{
	assert_true(info.range_count <= BOOT_RANGES_MAX);
	assert_non_null(memchr(info.command_line, 0, BOOT_COMMAND_LINE_MAX));
	assert_true(reading.rsdp_copy_bytes <= RSDP_BYTES_MAX);
}

static void multiboot2_corrupt(void **state)
{
	(void)state;
	unsigned refused = 0;
	for (unsigned i = 0; i < CORRUPTIONS; i++) {
		make_multiboot2();
		corrupt();
		reset();
		if (!runs(boot_read_multiboot2, PHYSICAL_BASE, &reading)) {
			assert_memory_equal(panic_text, "boot: ", 6);
			refused++;
		}
		check_filled();
	}
	assert_in_range(refused, CORRUPTIONS / 10, CORRUPTIONS - CORRUPTIONS / 10);
}

static void make_pvh(void)
{
	memset(physical_memory, 0, sizeof(physical_memory));
	used = 0;
	put32(0x336ec578);
	put32(1);
	put32(0);
	put32(1);
	put64(PHYSICAL_BASE + 0x100);
	put64(PHYSICAL_BASE + 0x200);
	put64(0xf5000);
	put64(PHYSICAL_BASE + 0x300);
	put32(2);
	put32(0);
	used = 0x100;
	put64(0x400000);
	put64(0x1234);
	used = 0x200;
	put("panic=exit", 11);
	used = 0x300;
	put64(0);
	put64(0xa0000);
	put64(1);
	put64(0x100000);
	put64(0x100000);
	put64(2);
}

static void pvh_whole(void **state)
{
	(void)state;
	make_pvh();
	reset();
	assert_true(runs(boot_read_pvh, PHYSICAL_BASE, &reading));
	assert_string_equal(info.command_line, "panic=exit");
	assert_int_equal(reading.module.base.value, 0x400000);
	assert_int_equal(reading.module.bytes, 0x1234);
	assert_int_equal(reading.rsdp, 0xf5000);
	assert_int_equal(info.range_count, 2);
	assert_int_equal(info.ranges[1].kind, 2);
}

static void pvh_refused(void **state)
{
	(void)state;
	make_pvh();
	physical_memory[0] ^= 1;
	reset();
	assert_false(runs(boot_read_pvh, PHYSICAL_BASE, &reading));
	make_pvh();
	physical_memory[4] = 0;
	assert_false(runs(boot_read_pvh, PHYSICAL_BASE, &reading));
	make_pvh();
	physical_memory[48] = 200;
	reset();
	assert_false(runs(boot_read_pvh, PHYSICAL_BASE, &reading));
	assert_non_null(strstr(panic_text, "memory ranges"));
}

static void pvh_corrupt(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CORRUPTIONS; i++) {
		make_pvh();
		corrupt();
		reset();
		if (!runs(boot_read_pvh, PHYSICAL_BASE, &reading))
			assert_memory_equal(panic_text, "boot: ", 6);
		check_filled();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(multiboot2_whole),
		cmocka_unit_test(multiboot2_cut_short),
		cmocka_unit_test(multiboot2_elsewhere),
		cmocka_unit_test(multiboot2_corrupt),
		cmocka_unit_test(pvh_whole),
		cmocka_unit_test(pvh_refused),
		cmocka_unit_test(pvh_corrupt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
