/* SPDX-License-Identifier: MIT */
/*
 * The I/O APICs: which input of which chip an interrupt line (GSI) is, and its redirection entry (apic.h).
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/ioapic.h"
#include "debug/log.h"
#include "memory/memory.h"

#define REGISTER_VERSION 1u
#define REGISTER_REDIRECTION 0x10u
#define ENTRY_MASKED 0x10000u
#define ENTRY_LEVEL 0x8000u
#define ENTRY_LOW 0x2000u
#define LINES_MAX 240u
#define PCI_FIRST_LINE 16u

struct ioapic {
	volatile uint32_t *select; /* the data window lies 16 bytes behind */
	uint32_t first, count;     /* lines */
};

static struct ioapic ioapics[ACPI_IOAPICS_MAX];
static uint32_t ioapic_count;

static uint32_t ioapic_read(const struct ioapic *ioapic, uint32_t number)
{
	ioapic->select[0] = number;
	return ioapic->select[4];
}

static void ioapic_write(const struct ioapic *ioapic, uint32_t number, uint32_t value)
{
	ioapic->select[0] = number;
	ioapic->select[4] = value;
}

static void entry_write(const struct ioapic *ioapic, uint32_t input, uint32_t low, uint32_t high)
{
	ioapic_write(ioapic, REGISTER_REDIRECTION + 2 * input, ENTRY_MASKED);
	ioapic_write(ioapic, REGISTER_REDIRECTION + 2 * input + 1, high);
	ioapic_write(ioapic, REGISTER_REDIRECTION + 2 * input, low);
}

void ioapic_init(void)
{
	for (uint32_t i = 0; i < acpi_facts.ioapic_count; i++) {
		struct ioapic *ioapic = &ioapics[ioapic_count];
		uint64_t address = acpi_facts.ioapics[i].address;
		ioapic->select = direct_map((paddr_t){ address });
		ioapic->first = acpi_facts.ioapics[i].first_line;
		ioapic->count = (ioapic_read(ioapic, REGISTER_VERSION) >> 16 & 0xff) + 1;
		if (ioapic->count > LINES_MAX) {
			log_print("ioapic: nothing answers at 0x%lx", address);
			continue;
		}
		ioapic_count++;
		for (uint32_t input = 0; input < ioapic->count; input++)
			entry_write(ioapic, input, ENTRY_MASKED, 0);
	}
}

static const struct ioapic *ioapic_of(uint32_t line)
{
	for (uint32_t i = 0; i < ioapic_count; i++) {
		if (line - ioapics[i].first < ioapics[i].count)
			return &ioapics[i];
	}
	return NULL;
}

bool ioapic_line_exists(uint32_t line)
{
	return ioapic_of(line) != NULL;
}

void ioapic_line_kind(uint32_t line, bool *level, bool *low)
{
	*level = *low = line >= PCI_FIRST_LINE;
	for (uint32_t i = 0; i < ISA_LINES; i++) {
		if (acpi_facts.isa[i].line == line) {
			*level = acpi_facts.isa[i].level;
			*low = acpi_facts.isa[i].low;
		}
	}
}

void ioapic_route(uint32_t line, uint8_t vector, bool level, bool low)
{
	const struct ioapic *ioapic = ioapic_of(line);
	if (ioapic)
		entry_write(ioapic, line - ioapic->first,
			    vector | ENTRY_MASKED | (level ? ENTRY_LEVEL : 0) | (low ? ENTRY_LOW : 0),
			    apic_id() << 24);
}

void ioapic_mask(uint32_t line, bool masked)
{
	const struct ioapic *ioapic = ioapic_of(line);
	if (!ioapic)
		return;
	uint32_t number = REGISTER_REDIRECTION + 2 * (line - ioapic->first);
	uint32_t entry = ioapic_read(ioapic, number) & ~ENTRY_MASKED;
	ioapic_write(ioapic, number, entry | (masked ? ENTRY_MASKED : 0));
}
