/* SPDX-License-Identifier: MIT */
/*
 * pci_ports: configuration space through ports 0xCF8 (address) and 0xCFC (data), which every PC has.
 */
#include "pci.h"

#include "runtime/kernel.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc
#define ADDRESS_ENABLE 0x80000000u

static void select(uint16_t place, uint8_t offset)
{
	(void)k_ioport_write(HANDLE_IOPORTS, PORT_ADDRESS, 4, ADDRESS_ENABLE | (uint32_t)place << 8 | offset);
}

static uint32_t read(uint16_t place, uint8_t offset)
{
	struct call_result result;

	select(place, offset);
	result = k_ioport_read(HANDLE_IOPORTS, PORT_DATA, 4);
	return result.status < 0 ? UINT32_MAX : (uint32_t)result.value;
}

static void write(uint16_t place, uint8_t offset, uint32_t value)
{
	select(place, offset);
	(void)k_ioport_write(HANDLE_IOPORTS, PORT_DATA, 4, value);
}

const struct pci_access pci_ports = { .read = read, .write = write };
