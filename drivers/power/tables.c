/* SPDX-License-Identifier: MIT */
/*
 * tables: see tables.h. Offsets are those of the ACPI specification 6, sections 5.2.5 to 5.2.9; the package that the name
 * \_S5 stands for is encoded as section 20.2 says.
 */
#include "tables.h"

#include <string.h>

#define HEADER_BYTES 36u
#define FADT_DSDT 40
#define FADT_SMI_COMMAND 48
#define FADT_ACPI_ENABLE 52
#define FADT_PM1A_CONTROL 64
#define FADT_PM1B_CONTROL 68
#define FADT_FLAGS 112
#define FADT_RESET_REGISTER 116
#define FADT_RESET_VALUE 128
#define FADT_RESET_END 129
#define FADT_BYTES_MIN 76u
#define FLAG_RESET 0x400u
#define SPACE_IO 1
#define OP_NAME 0x08
#define OP_PACKAGE 0x12
#define OP_BYTE 0x0a

struct table {
	const uint8_t *bytes;
	uint32_t length;
};

static uint64_t read_number(const uint8_t *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = count; i-- > 0;)
		value = value << 8 | bytes[i];
	return value;
}

static const uint8_t *at_physical(const struct table_memory *memory, uint64_t address, uint64_t length)
{
	for (uint32_t i = 0; i < memory->count; i++) {
		const struct table_window *window = &memory->windows[i];
		if (address >= window->base && address - window->base <= window->length &&
		    length <= window->length - (address - window->base))
			return window->bytes + (address - window->base);
	}
	return NULL;
}

static bool sums_to_zero(const uint8_t *bytes, uint32_t length)
{
	uint8_t sum = 0;

	for (uint32_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
}

/* The table at an address, if it is whole. */
static bool find_table(const struct table_memory *memory, uint64_t address, struct table *table)
{
	const uint8_t *header = at_physical(memory, address, HEADER_BYTES);

	if (header == NULL)
		return false;
	table->length = (uint32_t)read_number(header + 4, 4);
	if (table->length < HEADER_BYTES)
		return false;
	table->bytes = at_physical(memory, address, table->length);
	return table->bytes != NULL && sums_to_zero(table->bytes, table->length);
}

static bool is_rsdp(const uint8_t *bytes)
{
	return memcmp(bytes, "RSD PTR ", 8) == 0 && sums_to_zero(bytes, 20);
}

static const uint8_t *find_rsdp(const struct table_memory *memory, uint64_t address)
{
	const uint8_t *bytes = address != 0 ? at_physical(memory, address, 36) : NULL;

	if (bytes != NULL && is_rsdp(bytes))
		return bytes;
	for (address = 0xe0000; address + 36 <= 0x100000; address += 16) {
		bytes = at_physical(memory, address, 36);
		if (bytes != NULL && is_rsdp(bytes))
			return bytes;
	}
	return NULL;
}

/* The table with this signature that a root table with entries of `size` bytes lists. */
static bool find_listed(const struct table_memory *memory, const struct table *root, unsigned size,
			const char *signature, struct table *table)
{
	for (uint32_t at = HEADER_BYTES; at + size <= root->length; at += size) {
		if (find_table(memory, read_number(root->bytes + at, size), table) &&
		    memcmp(table->bytes, signature, 4) == 0)
			return true;
	}
	return false;
}

static bool find_fadt(const struct table_memory *memory, const uint8_t *rsdp, struct table *fadt)
{
	struct table root;
	uint64_t extended = rsdp[15] >= 2 ? read_number(rsdp + 24, 8) : 0;

	if (extended != 0 && find_table(memory, extended, &root) &&
	    find_listed(memory, &root, 8, "FACP", fadt))
		return true;
	return find_table(memory, read_number(rsdp + 16, 4), &root) &&
	       find_listed(memory, &root, 4, "FACP", fadt);
}

/* One element of a package that is a small integer: 0, 1, or a byte. Answers bytes used, 0: something else. */
static uint32_t read_element(const uint8_t *bytes, uint32_t left, uint8_t *value)
{
	if (left >= 1 && bytes[0] <= 1) {
		*value = bytes[0];
		return 1;
	}
	if (left >= 2 && bytes[0] == OP_BYTE) {
		*value = bytes[1];
		return 2;
	}
	return 0;
}

/* The two sleep types in a package: opcode, length (1 to 4 bytes, count in the top bits of the first), elements. */
static bool read_package(const uint8_t *bytes, uint32_t left, struct power_tables *tables)
{
	uint32_t at, used;

	if (left < 3 || bytes[0] != OP_PACKAGE)
		return false;
	at = 1 + 1 + (bytes[1] >> 6) + 1;
	if (at > left)
		return false;
	used = read_element(bytes + at, left - at, &tables->sleep_type_a);
	if (used == 0)
		return false;
	at += used;
	return read_element(bytes + at, left - at, &tables->sleep_type_b) != 0;
}

static bool is_named(const uint8_t *bytes, uint32_t at)
{
	if (memcmp(bytes + at, "_S5_", 4) != 0)
		return false;
	return (at >= 1 && bytes[at - 1] == OP_NAME) ||
	       (at >= 2 && bytes[at - 2] == OP_NAME && bytes[at - 1] == '\\');
}

static void scan_sleep_types(const struct table *dsdt, struct power_tables *tables)
{
	for (uint32_t at = HEADER_BYTES; at + 4 < dsdt->length && !tables->can_sleep; at++) {
		if (is_named(dsdt->bytes, at))
			tables->can_sleep = read_package(dsdt->bytes + at + 4, dsdt->length - at - 4, tables);
	}
}

static void read_reset(const struct table *fadt, struct power_tables *tables)
{
	uint64_t address;

	if (fadt->length < FADT_RESET_END || !(read_number(fadt->bytes + FADT_FLAGS, 4) & FLAG_RESET) ||
	    fadt->bytes[FADT_RESET_REGISTER] != SPACE_IO)
		return;
	address = read_number(fadt->bytes + FADT_RESET_REGISTER + 4, 8);
	if (address <= UINT16_MAX)
		tables->reset_port = (uint16_t)address;
	tables->reset_value = fadt->bytes[FADT_RESET_VALUE];
}

status_t tables_read(const struct table_memory *memory, uint64_t rsdp_address, struct power_tables *tables)
{
	const uint8_t *rsdp = find_rsdp(memory, rsdp_address);
	struct table fadt, dsdt;

	*tables = (struct power_tables){ 0 };
	if (rsdp == NULL || !find_fadt(memory, rsdp, &fadt))
		return STATUS_NOT_FOUND;
	if (fadt.length < FADT_BYTES_MIN)
		return STATUS_CORRUPT;
	tables->pm1a_control = (uint16_t)read_number(fadt.bytes + FADT_PM1A_CONTROL, 2);
	tables->pm1b_control = (uint16_t)read_number(fadt.bytes + FADT_PM1B_CONTROL, 2);
	tables->smi_command = (uint16_t)read_number(fadt.bytes + FADT_SMI_COMMAND, 2);
	tables->acpi_enable = fadt.bytes[FADT_ACPI_ENABLE];
	read_reset(&fadt, tables);
	if (find_table(memory, read_number(fadt.bytes + FADT_DSDT, 4), &dsdt))
		scan_sleep_types(&dsdt, tables);
	return STATUS_OK;
}
