/* SPDX-License-Identifier: MIT */
/*
 * The ACPI reader: tables as a firmware leaves them, damaged ones with right and wrong checksums, none at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include "physical.h"
#include <cmocka.h>
#include "arch/x86_64/acpi.h"

#define CORRUPTIONS 20000u
#define RSDP_AT 0x0u
#define RSDT_AT 0x100u
#define MADT_AT 0x200u
#define HPET_AT 0x400u
#define HEADER_BYTES 36u

static void put(uint32_t at, uint64_t value, uint32_t bytes)
{
	memcpy(physical_memory + at, &value, bytes);
}

static void seal(uint32_t at, uint32_t bytes, uint32_t checksum_at)
{
	uint8_t sum = 0;
	physical_memory[at + checksum_at] = 0;
	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + physical_memory[at + i]);
	physical_memory[at + checksum_at] = (uint8_t)-sum;
}

static uint32_t table_bytes(uint32_t at)
{
	uint32_t bytes;
	memcpy(&bytes, physical_memory + at + 4, 4);
	return bytes <= PHYSICAL_BYTES - at ? bytes : PHYSICAL_BYTES - at;
}

static void seal_all(void)
{
	seal(RSDP_AT, 20, 8);
	seal(RSDT_AT, table_bytes(RSDT_AT), 9);
	seal(MADT_AT, table_bytes(MADT_AT), 9);
	seal(HPET_AT, table_bytes(HPET_AT), 9);
}

static void table(uint32_t at, const char *signature, uint32_t bytes)
{
	memcpy(physical_memory + at, signature, 4);
	put(at + 4, bytes, 4);
}

static void make_tables(void)
{
	/* Type and length, then the entry: CPU, disabled CPU, I/O APIC, override of ISA 9 (level, low), end. */
	static const unsigned char entries[] = {
		0, 8, 0, 0,    1,    0,  0, 0, 0, 8, 1,  1, 0, 0,  0, 0, 1, 12,   0,
		0, 0, 0, 0xc0, 0xfe, 24, 0, 0, 0, 2, 10, 0, 9, 21, 0, 0, 0, 0x0f, 0,
	};
	memset(physical_memory, 0, sizeof(physical_memory));
	memcpy(physical_memory + RSDP_AT, "RSD PTR ", 8);
	put(RSDP_AT + 16, PHYSICAL_BASE + RSDT_AT, 4);
	table(RSDT_AT, "RSDT", HEADER_BYTES + 8);
	put(RSDT_AT + HEADER_BYTES, PHYSICAL_BASE + MADT_AT, 4);
	put(RSDT_AT + HEADER_BYTES + 4, PHYSICAL_BASE + HPET_AT, 4);
	table(MADT_AT, "APIC", HEADER_BYTES + 8 + sizeof(entries));
	put(MADT_AT + HEADER_BYTES, 0xfee00000, 4);
	memcpy(physical_memory + MADT_AT + HEADER_BYTES + 8, entries, sizeof(entries));
	table(HPET_AT, "HPET", 56);
	put(HPET_AT + 44, 0xfed00000, 8);
	seal_all();
}

static void read_afresh(uint64_t rsdp)
{
	memset(&acpi_facts, 0, sizeof(acpi_facts));
	acpi_read(rsdp);
}

static void check_standard(void)
{
	assert_int_equal(acpi_facts.lapic_address, 0xfee00000);
	assert_int_equal(acpi_facts.hpet_address, 0);
	assert_int_equal(acpi_facts.ioapic_count, 1);
	assert_int_equal(acpi_facts.ioapics[0].address, 0xfec00000);
	assert_int_equal(acpi_facts.isa[0].line, 2);
	assert_int_equal(acpi_facts.isa[4].line, 4);
}

static void tables_whole(void **state)
{
	(void)state;
	make_tables();
	read_afresh(PHYSICAL_BASE + RSDP_AT);
	assert_int_equal(acpi_facts.cpu_count, 1);
	assert_int_equal(acpi_facts.hpet_address, 0xfed00000);
	assert_int_equal(acpi_facts.ioapic_count, 1);
	assert_int_equal(acpi_facts.ioapics[0].address, 0xfec00000);
	assert_int_equal(acpi_facts.ioapics[0].first_line, 24);
	assert_int_equal(acpi_facts.isa[9].line, 21);
	assert_true(acpi_facts.isa[9].level && acpi_facts.isa[9].low);
	assert_int_equal(acpi_facts.isa[0].line, 0);
}

static void no_tables(void **state)
{
	(void)state;
	memset(physical_memory, 0, sizeof(physical_memory));
	read_afresh(0);
	check_standard();
	make_tables();
	physical_memory[RSDP_AT + 9] ^= 1;
	read_afresh(PHYSICAL_BASE + RSDP_AT);
	check_standard();
}

static void damaged_table_is_absent(void **state)
{
	(void)state;
	make_tables();
	physical_memory[HPET_AT + 44] ^= 1;
	read_afresh(PHYSICAL_BASE + RSDP_AT);
	assert_int_equal(acpi_facts.hpet_address, 0);
	assert_int_equal(acpi_facts.isa[9].line, 21);
}

/* Entries of length 0 would be walked for ever. */
static void entry_of_no_length(void **state)
{
	(void)state;
	make_tables();
	physical_memory[MADT_AT + HEADER_BYTES + 8 + 1] = 0;
	seal_all();
	read_afresh(PHYSICAL_BASE + RSDP_AT);
	assert_int_equal(acpi_facts.cpu_count, 0);
}

static void tables_corrupt(void **state)
{
	(void)state;
	for (unsigned i = 0; i < CORRUPTIONS; i++) {
		make_tables();
		for (uint32_t count = 1 + test_random() % 6; count; count--)
			physical_memory[test_random() % (HPET_AT + 56)] = (unsigned char)test_random();
		if (test_random() % 4)
			seal_all();
		read_afresh(PHYSICAL_BASE + RSDP_AT);
		assert_in_range(acpi_facts.ioapic_count, 1, ACPI_IOAPICS_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_whole),
		cmocka_unit_test(no_tables),
		cmocka_unit_test(damaged_table_is_absent),
		cmocka_unit_test(entry_of_no_length),
		cmocka_unit_test(tables_corrupt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
