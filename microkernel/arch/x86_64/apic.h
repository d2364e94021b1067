/* SPDX-License-Identifier: MIT */
/*
 * Interrupt controllers: the CPU's local APIC (xAPIC or x2APIC) with its timer, and the I/O APICs.
 *
 * Vectors: 0..31 exceptions, VECTOR_FIRST_DEVICE..VECTOR_LAST_DEVICE given out by device/device.c, then the timer;
 * the highest is the APIC's spurious one. The legacy 8259 is moved away and masked.
 */
#ifndef LICHEN_ARCH_APIC_H
#define LICHEN_ARCH_APIC_H

#include <stdbool.h>
#include <stdint.h>

#define VECTOR_LEGACY 0x20u /* where the masked 8259's spurious interrupts would go */
#define VECTOR_FIRST_DEVICE 0x30u
#define VECTOR_LAST_DEVICE 0xdfu
#define VECTOR_TIMER 0xf0u
#define VECTOR_SPURIOUS 0xffu

uint32_t apic_id(void); /* of the calling CPU */
void apic_end_of_interrupt(void);

/* One-shot timer: counts of its clock, 0 stops it; and what is left. */
void apic_timer_start(uint32_t counts);
uint32_t apic_timer_left(void);

/* Interrupt lines (GSI). Level-triggered or edge, active low or high: what the firmware says of a line, else PCI's level
   low from 16 on. False when no I/O APIC has the line. A line starts masked. */
bool ioapic_line_kind(uint32_t line, bool *level, bool *low);
void ioapic_route(uint32_t line, uint8_t vector, bool level, bool low); /* masked, to the calling CPU */
void ioapic_mask(uint32_t line, bool masked);

#endif
