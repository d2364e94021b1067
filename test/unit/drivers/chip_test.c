/* SPDX-License-Identifier: MIT */
/*
 * The clock chip in each of its formats, against a model of its registers: what is written comes back, and a chip whose
 * registers change while they are read, or that updates for ever, is handled.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "rtc/chip.h"
#include "runtime/driver.h"

static uint8_t registers[128];
static uint8_t selected;
static int updating_reads; /* so many more reads of register A say "updating" */
static int ticks;          /* so many more reads of the seconds advance them */

uint8_t port_read8(handle_t ports, uint16_t port)
{
	(void)ports;
	assert_int_equal(port, 0x71);
	if (selected == 0x0a && updating_reads != 0) {
		updating_reads -= updating_reads > 0;
		return 0xa6;
	}
	if (selected == 0x00 && ticks != 0) {
		ticks--;
		registers[0]++;
	}
	return registers[selected];
}

void port_write8(handle_t ports, uint16_t port, uint8_t value)
{
	(void)ports;
	if (port == 0x70)
		selected = value & 0x7f;
	else
		registers[selected] = value;
}

static void start(uint8_t mode)
{
	memset(registers, 0, sizeof registers);
	registers[0x0b] = mode;
	updating_reads = 0;
	ticks = 0;
}

static void every_format_keeps_the_time(void **state)
{
	(void)state;
	for (uint8_t mode = 0; mode < 8; mode = (uint8_t)(mode + 2)) {
		for (int hour = 0; hour < 24; hour++) {
			struct calendar_time time = { 2024, 12, 31, hour, 59, 58 }, got;

			start(mode);
			chip_write(HANDLE_NONE, &time);
			assert_int_equal(registers[0x0b], mode);
			assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_OK);
			assert_memory_equal(&got, &time, sizeof time);
		}
	}
}

static void bcd_registers_are_as_documented(void **state)
{
	struct calendar_time time = { 2024, 6, 7, 13, 45, 59 };

	(void)state;
	start(0x00);
	chip_write(HANDLE_NONE, &time);
	assert_int_equal(registers[0x00], 0x59);
	assert_int_equal(registers[0x02], 0x45);
	assert_int_equal(registers[0x04], 0x81); /* 1 PM */
	assert_int_equal(registers[0x06], 6);    /* a Friday */
	assert_int_equal(registers[0x09], 0x24);
	assert_int_equal(registers[0x32], 0x20);
}

static void missing_century_is_guessed(void **state)
{
	struct calendar_time time = { 1999, 6, 7, 13, 45, 59 }, got;

	(void)state;
	start(0x02);
	chip_write(HANDLE_NONE, &time);
	registers[0x32] = 0xff;
	assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_OK);
	assert_int_equal(got.year, 1999);
	registers[0x09] = 0x38;
	assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_OK);
	assert_int_equal(got.year, 2038);
}

static void updates_are_waited_for(void **state)
{
	struct calendar_time time = { 2024, 6, 7, 13, 45, 10 }, got;

	(void)state;
	start(0x06);
	chip_write(HANDLE_NONE, &time);
	updating_reads = 50;
	ticks = 3;
	assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_OK);
	assert_int_equal(got.second, 13);
	updating_reads = -1;
	assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_IO_ERROR);
}

static void nonsense_is_corrupt(void **state)
{
	struct calendar_time got;

	(void)state;
	start(0x02);
	memset(registers, 0x77, 10);
	assert_int_equal(chip_read(HANDLE_NONE, &got), STATUS_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_keeps_the_time),
		cmocka_unit_test(bcd_registers_are_as_documented),
		cmocka_unit_test(missing_century_is_guessed),
		cmocka_unit_test(updates_are_waited_for),
		cmocka_unit_test(nonsense_is_corrupt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
