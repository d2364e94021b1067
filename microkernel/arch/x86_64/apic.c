/* SPDX-License-Identifier: MIT */
/*
 * Interrupt controllers (apic.h): the local APIC, where interrupts go after it, and the I/O APICs: which input of which
 * chip an interrupt line (GSI) is, and its redirection entry.
 */
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "debug/log.h"
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

/* Find how many lines each I/O APIC has and mask them all. */
static void ioapic_init(void)
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

void interrupts_init(void)
{
	pic_silence();
	lapic_enable();
	ioapic_init();
}

static const struct ioapic *ioapic_of(uint32_t line)
{
	for (uint32_t i = 0; i < ioapic_count; i++)
		if (line - ioapics[i].first < ioapics[i].count)
			return &ioapics[i];
	return NULL;
}

bool ioapic_line_kind(uint32_t line, bool *level, bool *low)
{
	*level = *low = line >= PCI_FIRST_LINE;
	for (uint32_t i = 0; i < ISA_LINES; i++) {
		if (acpi_facts.isa[i].line == line) {
			*level = acpi_facts.isa[i].level;
			*low = acpi_facts.isa[i].low;
		}
	}
	return ioapic_of(line) != NULL;
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
