/* SPDX-License-Identifier: MIT */
/*
 * Reader of ACPI tables (acpi.h): RSDP, RSDT or XSDT, MADT, HPET. Everything is copied before it is looked at.
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/boot.h"
#include "debug/log.h"
#include "structure/bytes.h"

#define TABLE_BYTES_MAX 0x10000u
#define EBDA_SEGMENT_ADDRESS 0x40eu
#define BIOS_AREA 0xe0000u
#define BIOS_AREA_BYTES 0x20000u
#define RSDP_OLD_BYTES 20u
#define LAPIC_DEFAULT 0xfee00000u
#define IOAPIC_DEFAULT 0xfec00000u

struct rsdp {
	char signature[8];
	uint8_t checksum, oem[6], revision;
	uint32_t rsdt;
	uint32_t length;
	uint64_t xsdt;
	uint8_t checksum_all, reserved[3];
} __attribute__((packed));

struct table_header {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum, oem[6], oem_table[8];
	uint32_t oem_revision, creator, creator_revision;
} __attribute__((packed));

struct madt_entry {
	uint8_t type, length;
};

struct madt_ioapic {
	struct madt_entry entry;
	uint8_t id, reserved;
	uint32_t address, first_line;
} __attribute__((packed));

struct madt_override {
	struct madt_entry entry;
	uint8_t bus, source;
	uint32_t line;
	uint16_t flags;
} __attribute__((packed));

struct madt_cpu {
	struct madt_entry entry;
	uint8_t processor, apic;
	uint32_t flags;
} __attribute__((packed));

struct madt_lapic_address {
	struct madt_entry entry;
	uint16_t reserved;
	uint64_t address;
} __attribute__((packed));

struct hpet_table {
	struct table_header header;
	uint32_t event_timer_block;
	uint8_t address_space, width, offset, access;
	uint64_t address;
} __attribute__((packed));

enum madt_type { MADT_LAPIC = 0, MADT_IOAPIC = 1, MADT_OVERRIDE = 2, MADT_LAPIC_ADDRESS = 5 };

#define MADT_CPU_ENABLED 1u
#define POLARITY_LOW 3u
#define TRIGGER_LEVEL 3u

struct acpi_facts acpi_facts;

static bool checksum_good(uint64_t address, uint64_t bytes)
{
	uint8_t sum = 0, byte;
	for (uint64_t i = 0; i < bytes; i++) {
		if (!physical_read(&byte, address + i, 1))
			return false;
		sum = (uint8_t)(sum + byte);
	}
	return sum == 0;
}

static uint64_t scan(uint64_t start, uint64_t bytes)
{
	for (uint64_t place = start & ~15ull; place < start + bytes; place += 16) {
		char signature[8];
		if (physical_read(signature, place, sizeof(signature)) && !memcmp(signature, "RSD PTR ", 8) &&
		    checksum_good(place, RSDP_OLD_BYTES))
			return place;
	}
	return 0;
}

uint64_t acpi_scan_rsdp(void)
{
	uint16_t segment;
	uint64_t found = 0;
	if (physical_read(&segment, EBDA_SEGMENT_ADDRESS, sizeof(segment)) && segment >= 0x8000)
		found = scan((uint64_t)segment << 4, 1024);
	return found ? found : scan(BIOS_AREA, BIOS_AREA_BYTES);
}

/* Read a table's header and check the whole table; false when it cannot be used. */
static bool table_open(uint64_t address, struct table_header *header)
{
	if (!physical_read(header, address, sizeof(*header)) || header->length < sizeof(*header) ||
	    header->length > TABLE_BYTES_MAX || !checksum_good(address, header->length)) {
		log_print("acpi: the table at 0x%lx is damaged", address);
		return false;
	}
	return true;
}

static void read_hpet(uint64_t address, const struct table_header *header)
{
	struct hpet_table table;
	if (header->length < sizeof(table) || !physical_read(&table, address, sizeof(table)))
		return;
	if (table.address_space == 0)
		acpi_facts.hpet_address = table.address;
}

static void read_ioapic(const struct madt_ioapic *entry)
{
	if (acpi_facts.ioapic_count == ACPI_IOAPICS_MAX) {
		log_print("acpi: the I/O APIC at 0x%x is one too many", entry->address);
		return;
	}
	acpi_facts.ioapics[acpi_facts.ioapic_count++] = (struct acpi_ioapic){ entry->address,
									      entry->first_line };
}

static void read_override(const struct madt_override *entry)
{
	if (entry->bus != 0 || entry->source >= ISA_LINES)
		return;
	acpi_facts.isa[entry->source] = (struct acpi_override){
		.line = entry->line,
		.low = (entry->flags & 3) == POLARITY_LOW,
		.level = (entry->flags >> 2 & 3) == TRIGGER_LEVEL,
	};
}

static void read_madt_entry(const void *bytes, uint8_t type, uint8_t length)
{
	const struct madt_cpu *cpu = bytes;
	const struct madt_lapic_address *lapic = bytes;
	if (type == MADT_LAPIC && length >= sizeof(*cpu))
		acpi_facts.cpu_count += cpu->flags & MADT_CPU_ENABLED;
	else if (type == MADT_IOAPIC && length >= sizeof(struct madt_ioapic))
		read_ioapic(bytes);
	else if (type == MADT_OVERRIDE && length >= sizeof(struct madt_override))
		read_override(bytes);
	else if (type == MADT_LAPIC_ADDRESS && length >= sizeof(*lapic))
		acpi_facts.lapic_address = lapic->address;
}

static void read_madt(uint64_t address, const struct table_header *header)
{
	uint32_t lapic;
	uint64_t end = address + header->length;
	if (header->length < sizeof(*header) + 8 || !physical_read(&lapic, address + sizeof(*header), 4))
		return;
	acpi_facts.lapic_address = lapic;
	acpi_facts.cpu_count = 0;
	for (uint64_t place = address + sizeof(*header) + 8; place + 2 <= end;) {
		unsigned char bytes[256];
		struct madt_entry entry;
		if (!physical_read(&entry, place, sizeof(entry)) || entry.length < sizeof(entry) ||
		    entry.length > end - place || !physical_read(bytes, place, entry.length)) {
			log_print("acpi: MADT entry at 0x%lx makes no sense", place);
			return;
		}
		read_madt_entry(bytes, entry.type, entry.length);
		place += entry.length;
	}
}

static void read_table(uint64_t address)
{
	struct table_header header;
	if (!table_open(address, &header))
		return;
	if (!memcmp(header.signature, "APIC", 4))
		read_madt(address, &header);
	else if (!memcmp(header.signature, "HPET", 4))
		read_hpet(address, &header);
}

static void read_tables(uint64_t list, uint32_t pointer_bytes)
{
	struct table_header header;
	if (!table_open(list, &header))
		return;
	for (uint64_t at = sizeof(header); at + pointer_bytes <= header.length; at += pointer_bytes) {
		uint64_t table = 0;
		if (physical_read(&table, list + at, pointer_bytes))
			read_table(table);
	}
}

void acpi_read(uint64_t address)
{
	struct rsdp rsdp;
	acpi_facts.lapic_address = LAPIC_DEFAULT;
	acpi_facts.cpu_count = 1;
	for (uint32_t i = 0; i < ISA_LINES; i++)
		acpi_facts.isa[i] = (struct acpi_override){ .line = i };
	if (!address || !physical_read(&rsdp, address, sizeof(rsdp)) ||
	    memcmp(rsdp.signature, "RSD PTR ", 8) || !checksum_good(address, RSDP_OLD_BYTES))
		log_print("acpi: no RSDP; the standard interrupt controllers are assumed");
	else if (rsdp.revision >= 2 && rsdp.xsdt)
		read_tables(rsdp.xsdt, sizeof(uint64_t));
	else
		read_tables(rsdp.rsdt, sizeof(uint32_t));
	if (acpi_facts.ioapic_count)
		return;
	acpi_facts.ioapics[acpi_facts.ioapic_count++] = (struct acpi_ioapic){ IOAPIC_DEFAULT, 0 };
	acpi_facts.isa[0].line = 2; /* the timer, on every PC */
}
