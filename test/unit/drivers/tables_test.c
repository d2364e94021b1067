/* SPDX-License-Identifier: MIT */
/*
 * ACPI's tables as firmware lays them out, and as broken firmware may.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "power/tables.h"

#define BIOS 0xe0000ull
#define HIGH 0x7fe0000ull
#define BYTES 0x1000u
#define RSDP (BIOS + 0x40)
#define RSDT 0x000
#define FADT 0x100
#define DSDT 0x400
#define FADT_LENGTH 244u
#define DSDT_LENGTH 80u

static uint8_t bios[BYTES], high[BYTES];
static struct table_memory memory;
static struct power_tables tables;

static void put(uint8_t *place, uint64_t value, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		place[i] = (uint8_t)(value >> (8 * i));
}

static void seal(uint8_t *bytes, uint32_t length, unsigned place)
{
	uint8_t sum = 0;

	bytes[place] = 0;
	for (uint32_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[place] = (uint8_t)(0 - sum);
}

static void put_header(uint8_t *table, const char *signature, uint32_t length)
{
	memcpy(table, signature, 4);
	put(table + 4, length, 4);
}

static void put_dsdt(void)
{
	/* Scope noise, then Name (\_S5, Package (4) { 5, 1, 0, 0 }) */
	static const uint8_t code[] = { '_', 'S',  '5',  '_',  0x08, '\\', '_',  'S',  '5',
					'_', 0x12, 0x08, 0x04, 0x0a, 0x05, 0x01, 0x00, 0x00 };

	put_header(high + DSDT, "DSDT", DSDT_LENGTH);
	memcpy(high + DSDT + 40, code, sizeof code);
	seal(high + DSDT, DSDT_LENGTH, 9);
}

static void put_fadt(void)
{
	uint8_t *fadt = high + FADT;

	put_header(fadt, "FACP", FADT_LENGTH);
	put(fadt + 40, HIGH + DSDT, 4);
	put(fadt + 64, 0x604, 4);
	put(fadt + 112, 0x400, 4);
	fadt[116] = 1;
	put(fadt + 120, 0xcf9, 8);
	fadt[128] = 0x0f;
	seal(fadt, FADT_LENGTH, 9);
}

static void start(void)
{
	memset(bios, 0, sizeof bios);
	memset(high, 0, sizeof high);
	memcpy(bios + 0x40, "RSD PTR ", 8);
	put(bios + 0x40 + 16, HIGH + RSDT, 4);
	seal(bios + 0x40, 20, 8);
	put_header(high + RSDT, "RSDT", 36 + 8);
	put(high + RSDT + 36, 0x12345678, 4);
	put(high + RSDT + 40, HIGH + FADT, 4);
	seal(high + RSDT, 44, 9);
	put_fadt();
	put_dsdt();
	memory = (struct table_memory){ .windows = { { BIOS, BYTES, bios }, { HIGH, BYTES, high } },
					.count = 2 };
}

static void good_tables_are_read(void **state)
{
	(void)state;
	for (uint64_t rsdp = 0; rsdp <= RSDP; rsdp += RSDP) {
		start();
		assert_int_equal(tables_read(&memory, rsdp, &tables), STATUS_OK);
		assert_int_equal(tables.pm1a_control, 0x604);
		assert_int_equal(tables.pm1b_control, 0);
		assert_true(tables.can_sleep);
		assert_int_equal(tables.sleep_type_a, 5);
		assert_int_equal(tables.sleep_type_b, 1);
		assert_int_equal(tables.reset_port, 0xcf9);
		assert_int_equal(tables.reset_value, 0x0f);
	}
}

static void wrong_sums_are_not_found(void **state)
{
	(void)state;
	start();
	bios[0x41] ^= 1;
	assert_int_equal(tables_read(&memory, RSDP, &tables), STATUS_NOT_FOUND);
	start();
	high[RSDT + 30] ^= 1;
	assert_int_equal(tables_read(&memory, RSDP, &tables), STATUS_NOT_FOUND);
	start();
	high[FADT + 30] ^= 1;
	assert_int_equal(tables_read(&memory, RSDP, &tables), STATUS_NOT_FOUND);
	start();
	high[DSDT + 60] ^= 1;
	assert_int_equal(tables_read(&memory, RSDP, &tables), STATUS_OK);
	assert_false(tables.can_sleep);
}

static void no_reset_register_without_its_flag(void **state)
{
	(void)state;
	start();
	put(high + FADT + 112, 0, 4);
	seal(high + FADT, FADT_LENGTH, 9);
	assert_int_equal(tables_read(&memory, RSDP, &tables), STATUS_OK);
	assert_int_equal(tables.reset_port, 0);
}

static void reseal_all(void)
{
	seal(bios + 0x40, 20, 8);
	seal(high + RSDT, 44, 9);
	seal(high + FADT, FADT_LENGTH, 9);
	seal(high + DSDT, DSDT_LENGTH, 9);
}

/* Lengths and addresses that lead anywhere, with sums that fit: the windows' ends are never passed. */
static void changed_tables_are_safe(void **state)
{
	uint8_t *own_bios = malloc(BYTES), *own_high = malloc(BYTES);

	(void)state;
	assert_non_null(own_bios);
	assert_non_null(own_high);
	srand(5);
	for (int i = 0; i < 50000; i++) {
		start();
		for (int changes = 1 + rand() % 4; changes > 0; changes--)
			high[rand() % 0x460] = (uint8_t)rand();
		bios[0x40 + 16 + rand() % 4] ^= (uint8_t)(rand() % 4 == 0);
		reseal_all();
		memcpy(own_bios, bios, BYTES);
		memcpy(own_high, high, BYTES);
		memory.windows[0].bytes = own_bios;
		memory.windows[1].bytes = own_high;
		status_code_t status = tables_read(&memory, RSDP, &tables);
		assert_true(status == STATUS_OK || status == STATUS_NOT_FOUND || status == STATUS_CORRUPT);
	}
	free(own_bios);
	free(own_high);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_tables_are_read),
		cmocka_unit_test(wrong_sums_are_not_found),
		cmocka_unit_test(no_reset_register_without_its_flag),
		cmocka_unit_test(changed_tables_are_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
