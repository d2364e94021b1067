/* SPDX-License-Identifier: MIT */
/*
 * The local APIC and where interrupts go after it (apic.h).
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/clock.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/ioapic.h"
#include "memory/memory.h"

#define MSR_APIC_BASE 0x1bu
#define APIC_BASE_ENABLED 0x800u
#define APIC_BASE_X2 0x400u
#define MSR_X2APIC 0x800u

enum lapic_register {
	LAPIC_ID = 0x20,
	LAPIC_TASK_PRIORITY = 0x80,
	LAPIC_EOI = 0xb0,
	LAPIC_SPURIOUS = 0xf0,
	LAPIC_ERROR_STATUS = 0x280,
	LAPIC_TIMER = 0x320,
	LAPIC_THERMAL = 0x330,
	LAPIC_PERFORMANCE = 0x340,
	LAPIC_LINT0 = 0x350,
	LAPIC_LINT1 = 0x360,
	LAPIC_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define LVT_MASKED 0x10000u
#define LVT_NMI 0x400u
#define SPURIOUS_ENABLE 0x100u
#define DIVIDE_BY_1 0xbu

#define PIC_MASTER 0x20
#define PIC_SLAVE 0xa0

static volatile uint32_t *registers; /* xAPIC only */
static bool x2;

static uint32_t lapic_read(enum lapic_register number)
{
	if (x2)
		return (uint32_t)msr_read(MSR_X2APIC + number / 16u);
	return registers[number / 4u];
}

static void lapic_write(enum lapic_register number, uint32_t value)
{
	if (x2)
		msr_write(MSR_X2APIC + number / 16u, value);
	else
		registers[number / 4u] = value;
}

/* Move the 8259 pair's vectors off the exceptions and mask all its lines. */
static void pic_silence(void)
{
	port_write8(PIC_MASTER, 0x11);
	port_write8(PIC_SLAVE, 0x11);
	port_write8(PIC_MASTER + 1, VECTOR_LEGACY);
	port_write8(PIC_SLAVE + 1, VECTOR_LEGACY + 8);
	port_write8(PIC_MASTER + 1, 4);
	port_write8(PIC_SLAVE + 1, 2);
	port_write8(PIC_MASTER + 1, 1);
	port_write8(PIC_SLAVE + 1, 1);
	port_write8(PIC_MASTER + 1, 0xff);
	port_write8(PIC_SLAVE + 1, 0xff);
}

static void lapic_enable(void)
{
	uint64_t base = msr_read(MSR_APIC_BASE) | APIC_BASE_ENABLED;
	msr_write(MSR_APIC_BASE, base);
	x2 = cpu_features.x2apic;
	if (x2)
		msr_write(MSR_APIC_BASE, base | APIC_BASE_X2);
	else
		registers = direct_map((paddr_t){ acpi_facts.lapic_address });
	lapic_write(LAPIC_TASK_PRIORITY, 0);
	lapic_write(LAPIC_TIMER, LVT_MASKED | VECTOR_TIMER);
	lapic_write(LAPIC_PERFORMANCE, LVT_MASKED);
	lapic_write(LAPIC_LINT0, LVT_MASKED);
	lapic_write(LAPIC_LINT1, LVT_NMI);
	lapic_write(LAPIC_ERROR, LVT_MASKED);
	lapic_write(LAPIC_ERROR_STATUS, 0);
	lapic_write(LAPIC_TIMER_DIVIDE, DIVIDE_BY_1);
	lapic_write(LAPIC_TIMER_INITIAL, 0);
	lapic_write(LAPIC_TIMER, VECTOR_TIMER);
	lapic_write(LAPIC_SPURIOUS, SPURIOUS_ENABLE | VECTOR_SPURIOUS);
}

void interrupts_init(void)
{
	pic_silence();
	lapic_enable();
	ioapic_init();
}

uint32_t apic_id(void)
{
	return x2 ? lapic_read(LAPIC_ID) : lapic_read(LAPIC_ID) >> 24;
}

void apic_end_of_interrupt(void)
{
	lapic_write(LAPIC_EOI, 0);
}

void apic_timer_start(uint32_t counts)
{
	lapic_write(LAPIC_TIMER_INITIAL, counts);
}

uint32_t apic_timer_left(void)
{
	return lapic_read(LAPIC_TIMER_CURRENT);
}

void interrupt_dispatch(uint64_t vector)
{
	if (vector == VECTOR_TIMER) {
		apic_end_of_interrupt();
		if (clock_event_due())
			timer_interrupt();
	} else if (vector >= VECTOR_FIRST_DEVICE && vector <= VECTOR_LAST_DEVICE) {
		irq_interrupt(vector);
	} else if (vector != VECTOR_SPURIOUS && vector >= VECTOR_LEGACY + 16) {
		apic_end_of_interrupt();
	}
}
