/* SPDX-License-Identifier: MIT */
/*
 * The few facts the kernel takes from ACPI tables: interrupt controllers, interrupt line overrides, CPUs, HPET.
 *
 * Tables are read once at boot. A table with a bad length or checksum counts as absent and is told in the log; then
 * the standard places of a PC are used. Everything else in ACPI is for drivers.
 */
#ifndef LICHEN_ARCH_ACPI_H
#define LICHEN_ARCH_ACPI_H

#include <stdbool.h>
#include <stdint.h>

#define ACPI_IOAPICS_MAX 8u
#define ISA_LINES 16u

struct acpi_ioapic {
	uint64_t address;
	uint32_t first_line; /* GSI of its first input */
};

/* How a legacy (ISA) interrupt reaches the I/O APICs. */
struct acpi_override {
	uint32_t line; /* GSI */
	bool level, low;
};

struct acpi_facts {
	uint64_t lapic_address;
	uint64_t hpet_address; /* 0: none */
	uint32_t cpu_count;
	uint32_t ioapic_count;
	struct acpi_ioapic ioapics[ACPI_IOAPICS_MAX];
	struct acpi_override isa[ISA_LINES];
};
extern struct acpi_facts acpi_facts;

/* Physical address of the RSDP in the EBDA or BIOS area, 0 when there is none. */
uint64_t acpi_scan_rsdp(void);
/* Read the tables behind the RSDP (0: none) into acpi_facts. */
void acpi_read(uint64_t rsdp);

#endif
