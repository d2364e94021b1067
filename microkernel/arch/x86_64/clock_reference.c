/* SPDX-License-Identifier: MIT */
/*
 * The counter that TSC and APIC timer are measured against at boot: the HPET where ACPI names one, else channel 2 of
 * the PIT, which wraps every 55 ms and must be read more often than that.
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/instructions.h"
#include "memory/memory.h"

#define HPET_PERIOD 1u /* index of 32-bit words: femtoseconds a count */
#define HPET_CONFIGURATION 4u
#define HPET_COUNTER 60u
#define HPET_ENABLE 1u
#define HPET_PERIOD_MAX 100000000u /* by its specification */
#define FEMTOSECONDS 1000000000000000ull

#define PIT_HZ 1193182u
#define PIT_CHANNEL2 0x42
#define PIT_COMMAND 0x43
#define PIT_GATE 0x61
#define PIT_LATCH_CHANNEL2 0x80
#define PIT_CHANNEL2_RATE 0xb4 /* both bytes, mode 2: counts down from 65536 for ever */

static volatile uint32_t *hpet;

static uint64_t hpet_read(void)
{
	return hpet[HPET_COUNTER];
}

static uint64_t pit_read(void)
{
	port_write8(PIT_COMMAND, PIT_LATCH_CHANNEL2);
	uint32_t low = port_read8(PIT_CHANNEL2);
	uint32_t count = low | (uint32_t)port_read8(PIT_CHANNEL2) << 8;
	return 0x10000u - count;
}

static struct clock_reference hpet_reference = { "HPET", 0, 0xffffffff, hpet_read };
static const struct clock_reference pit_reference = { "PIT", PIT_HZ, 0xffff, pit_read };

static bool hpet_start(void)
{
	if (!acpi_facts.hpet_address)
		return false;
	hpet = direct_map((paddr_t){ acpi_facts.hpet_address });
	uint32_t period = hpet[HPET_PERIOD];
	if (!period || period > HPET_PERIOD_MAX)
		return false;
	hpet[HPET_CONFIGURATION] = hpet[HPET_CONFIGURATION] | HPET_ENABLE;
	hpet_reference.hz = FEMTOSECONDS / period;
	return true;
}

const struct clock_reference *clock_reference_start(void)
{
	if (hpet_start())
		return &hpet_reference;
	port_write8(PIT_GATE, (uint8_t)((port_read8(PIT_GATE) & ~2u) | 1u));
	port_write8(PIT_COMMAND, PIT_CHANNEL2_RATE);
	port_write8(PIT_CHANNEL2, 0);
	port_write8(PIT_CHANNEL2, 0);
	return &pit_reference;
}
