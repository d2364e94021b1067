/* SPDX-License-Identifier: MIT */
/*
 * pci: finds one function of a PCI device and prepares it for its driver. Configuration space stays the supervisor's: a
 * driver gets a copy to read capabilities from, and the memory behind its base addresses, and so cannot move its device over
 * another's registers.
 *
 * Reaches configuration space through callbacks, by ports 0xCF8 and 0xCFC on a machine and by a model in tests. What a device
 * says is not trusted: loops are bounded, ranges that make no sense are left out.
 */
#ifndef LICHEN_SUPERVISOR_PCI_H
#define LICHEN_SUPERVISOR_PCI_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_BARS 6
#define PCI_CONFIGURATION_BYTES 256u

struct pci_access {
	/* `offset` is a multiple of 4. `place`: bus, device, function in 8, 5 and 3 bits. */
	uint32_t (*read)(uint16_t place, uint8_t offset);
	void (*write)(uint16_t place, uint8_t offset, uint32_t value);
};

struct pci_range {
	uint64_t base, bytes; /* bytes 0: none, or I/O ports */
};

struct pci_function {
	uint16_t place;
	uint8_t msix; /* offset of the MSI-X capability, 0: none */
	struct pci_range bars[PCI_BARS];
};

/* Configuration space by ports. */
extern const struct pci_access pci_ports;

/* The first function with this vendor and one of these device numbers. */
bool pci_find(const struct pci_access *access, uint16_t vendor, const uint16_t *devices, uint32_t count,
	      struct pci_function *function);
/* Lets the device decode its memory, access memory itself, and raise its (still masked) MSI-X interrupts. */
void pci_enable(const struct pci_access *access, const struct pci_function *function);
/* It decodes and accesses nothing any more. */
void pci_disable(const struct pci_access *access, uint16_t place);
void pci_copy(const struct pci_access *access, uint16_t place, uint8_t copy[PCI_CONFIGURATION_BYTES]);

#endif
