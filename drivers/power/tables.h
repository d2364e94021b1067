/* SPDX-License-Identifier: MIT */
/*
 * tables: what switching off needs from ACPI's tables, by a scan of their bytes and without an interpreter. Pure: it sees
 * physical memory only through the windows that it is given. Firmware is not trusted: each length is checked.
 */
#ifndef LICHEN_POWER_TABLES_H
#define LICHEN_POWER_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/status.h"

#define TABLE_WINDOWS 8

/* A piece of physical memory that can be read at `bytes`. */
struct table_window {
	uint64_t base, length;
	const uint8_t *bytes;
};

struct table_memory {
	struct table_window windows[TABLE_WINDOWS];
	uint32_t count;
};

struct power_tables {
	uint16_t pm1a_control, pm1b_control; /* ports; pm1b 0: none */
	uint8_t sleep_type_a, sleep_type_b;  /* values of SLP_TYP for S5 */
	bool can_sleep;                      /* \_S5 was found */
	uint16_t smi_command;                /* port, 0: ACPI mode is always on */
	uint8_t acpi_enable;                 /* what to write there */
	uint16_t reset_port;                 /* 0: none */
	uint8_t reset_value;
};

/* Follows RSDP (0: searched in the windows below 1 MiB), RSDT or XSDT, FADT, DSDT. NOT_FOUND, CORRUPT. */
status_t tables_read(const struct table_memory *memory, uint64_t rsdp, struct power_tables *tables);

#endif
