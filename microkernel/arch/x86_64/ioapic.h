/* SPDX-License-Identifier: MIT */
/*
 * Start-up of the I/O APICs, called by interrupts_init. The operations on lines are in apic.h.
 */
#ifndef LICHEN_ARCH_IOAPIC_H
#define LICHEN_ARCH_IOAPIC_H

/* Find how many lines each I/O APIC of acpi_facts has and mask them all. */
void ioapic_init(void);

#endif
