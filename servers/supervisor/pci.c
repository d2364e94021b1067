/* SPDX-License-Identifier: MIT */
/*
 * pci: see pci.h. Offsets and bits are those of the PCI Local Bus specification 3.0, chapters 6.1, 6.2.5 and 6.8.2.
 */
#include "pci.h"

#include <string.h>

#define OFFSET_ID 0x00
#define OFFSET_COMMAND 0x04
#define OFFSET_HEADER 0x0c
#define OFFSET_BARS 0x10
#define OFFSET_BUSES 0x18
#define OFFSET_CAPABILITIES 0x34

#define COMMAND_IO 0x0001u
#define COMMAND_MEMORY 0x0002u
#define COMMAND_MASTER 0x0004u
#define COMMAND_NO_INTX 0x0400u
#define COMMAND_BITS 0xffffu /* above them lies the status register, whose bits are cleared by writing 1 */
#define STATUS_CAPABILITIES 0x100000u

#define HEADER_KIND 0x7f0000u
#define HEADER_BRIDGE 0x010000u
#define HEADER_MULTIPLE 0x800000u

#define BAR_IO 0x1u
#define BAR_KIND 0x6u
#define BAR_64 0x4u
#define BAR_FLAGS 0xfu

#define CAPABILITY_FIRST 0x40
#define CAPABILITIES_MAX 48
#define CAPABILITY_MSIX 0x11u
#define MSIX_ENABLE 0x80000000u
#define MSIX_MASK_ALL 0x40000000u

#define BUSES 256
#define DEVICES 32
#define FUNCTIONS 8

/* Buses still to look at, each once. */
struct scan {
	uint8_t list[BUSES];
	bool seen[BUSES];
	uint32_t count;
};

static void add_bus(struct scan *scan, uint8_t bus)
{
	if (scan->seen[bus])
		return;
	scan->seen[bus] = true;
	scan->list[scan->count++] = bus;
}

struct wanted {
	const struct pci_access *access;
	uint16_t vendor;
	const uint16_t *devices;
	uint32_t count;
};

static bool is_wanted(const struct wanted *wanted, uint32_t id)
{
	for (uint32_t i = 0; i < wanted->count; i++) {
		if (id == ((uint32_t)wanted->devices[i] << 16 | wanted->vendor))
			return true;
	}
	return false;
}

/* Looks at one function; *functions becomes how many its device may have. */
static bool look_at(const struct wanted *wanted, struct scan *scan, uint16_t place, int *functions)
{
	uint32_t id = wanted->access->read(place, OFFSET_ID), header;

	if ((id & 0xffff) == 0xffff || id == 0)
		return false;
	header = wanted->access->read(place, OFFSET_HEADER);
	if ((header & HEADER_KIND) == 0 && is_wanted(wanted, id))
		return true;
	if ((place & 7) == 0 && (header & HEADER_MULTIPLE))
		*functions = FUNCTIONS;
	if ((header & HEADER_KIND) == HEADER_BRIDGE)
		add_bus(scan, (uint8_t)(wanted->access->read(place, OFFSET_BUSES) >> 8));
	return false;
}

static bool scan_device(const struct wanted *wanted, struct scan *scan, uint16_t place, uint16_t *found)
{
	int functions = 1;

	for (int i = 0; i < functions; i++) {
		*found = (uint16_t)(place | i);
		if (look_at(wanted, scan, *found, &functions))
			return true;
	}
	return false;
}

static bool find_place(const struct wanted *wanted, uint16_t *found)
{
	struct scan scan = { .count = 0 };

	add_bus(&scan, 0);
	for (uint32_t i = 0; i < scan.count; i++) {
		for (int device = 0; device < DEVICES; device++) {
			uint16_t place = (uint16_t)(scan.list[i] << 8 | device << 3);
			if (scan_device(wanted, &scan, place, found))
				return true;
		}
	}
	return false;
}

/* What sticks of all ones: the bits that the device decodes. */
static uint32_t probe(const struct pci_access *access, uint16_t place, uint8_t offset, uint32_t value)
{
	uint32_t answer;

	access->write(place, offset, UINT32_MAX);
	answer = access->read(place, offset);
	access->write(place, offset, value);
	return answer;
}

static void set_range(struct pci_range *range, uint64_t base, uint64_t mask)
{
	uint64_t bytes = ~mask + 1;
	bool is_power = bytes != 0 && (bytes & (bytes - 1)) == 0;

	if (base != 0 && is_power && (base & (bytes - 1)) == 0 && base + bytes > base)
		*range = (struct pci_range){ base, bytes };
}

/* The range of one base address register; answers how many registers it takes. */
static int read_bar(const struct pci_access *access, uint16_t place, int index, struct pci_range *range)
{
	uint8_t offset = (uint8_t)(OFFSET_BARS + index * 4);
	uint32_t low = access->read(place, offset), high, low_mask, high_mask;

	if (low & BAR_IO)
		return 1;
	low_mask = probe(access, place, offset, low) & ~BAR_FLAGS;
	if ((low & BAR_KIND) != BAR_64 || index + 1 == PCI_BARS) {
		if (low_mask != 0)
			set_range(range, low & ~BAR_FLAGS, UINT64_MAX << 32 | low_mask);
		return 1;
	}
	high = access->read(place, (uint8_t)(offset + 4));
	high_mask = probe(access, place, (uint8_t)(offset + 4), high);
	set_range(range, (uint64_t)high << 32 | (low & ~BAR_FLAGS), (uint64_t)high_mask << 32 | low_mask);
	return 2;
}

/* The device decodes nothing while its registers hold ones. */
static void read_bars(const struct pci_access *access, struct pci_function *function)
{
	uint32_t command = access->read(function->place, OFFSET_COMMAND) & COMMAND_BITS;

	access->write(function->place, OFFSET_COMMAND, command & ~(COMMAND_IO | COMMAND_MEMORY));
	for (int i = 0; i < PCI_BARS;)
		i += read_bar(access, function->place, i, &function->bars[i]);
	access->write(function->place, OFFSET_COMMAND, command);
}

static uint8_t find_capability(const struct pci_access *access, uint16_t place, uint8_t wanted)
{
	uint8_t at;

	if (!(access->read(place, OFFSET_COMMAND) & STATUS_CAPABILITIES))
		return 0;
	at = (uint8_t)access->read(place, OFFSET_CAPABILITIES) & 0xfc;
	for (int i = 0; i < CAPABILITIES_MAX && at >= CAPABILITY_FIRST; i++) {
		uint32_t head = access->read(place, at);
		if ((head & 0xff) == wanted)
			return at;
		at = (head >> 8) & 0xfc;
	}
	return 0;
}

bool pci_find(const struct pci_access *access, uint16_t vendor, const uint16_t *devices, uint32_t count,
	      struct pci_function *function)
{
	const struct wanted wanted = { access, vendor, devices, count };

	memset(function, 0, sizeof *function);
	if (!find_place(&wanted, &function->place))
		return false;
	read_bars(access, function);
	function->msix = find_capability(access, function->place, CAPABILITY_MSIX);
	return true;
}

void pci_enable(const struct pci_access *access, const struct pci_function *function)
{
	uint32_t command = access->read(function->place, OFFSET_COMMAND) & COMMAND_BITS;

	if (function->msix != 0) {
		uint32_t control = access->read(function->place, function->msix);
		access->write(function->place, function->msix, (control & ~MSIX_MASK_ALL) | MSIX_ENABLE);
	}
	command = (command & ~COMMAND_IO) | COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_INTX;
	access->write(function->place, OFFSET_COMMAND, command);
}

void pci_disable(const struct pci_access *access, uint16_t place)
{
	uint32_t command = access->read(place, OFFSET_COMMAND) & COMMAND_BITS;

	access->write(place, OFFSET_COMMAND, command & ~(COMMAND_IO | COMMAND_MEMORY | COMMAND_MASTER));
}

void pci_copy(const struct pci_access *access, uint16_t place, uint8_t copy[PCI_CONFIGURATION_BYTES])
{
	for (uint32_t offset = 0; offset < PCI_CONFIGURATION_BYTES; offset += 4) {
		uint32_t value = access->read(place, (uint8_t)offset);
		memcpy(copy + offset, &value, sizeof value);
	}
}
