/* SPDX-License-Identifier: MIT */
/*
 * Monotonic time from the TSC, the clock page, and the one-shot event timer (cpu.h, abi/boot.h).
 *
 * TSC and APIC timer are measured at boot against a reference counter: the HPET where ACPI names one, else channel 2 of
 * the PIT, which wraps every 55 ms and must be read more often than that. Both ends of the interval are taken from the
 * tightest of several readings, so that a host that takes the CPU away in between does no harm. Time starts at
 * clock_init. With one CPU the TSC is usable even when it is not said to be invariant.
 */
#include "abi/boot.h"
#include "arch/x86_64/acpi.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "debug/log.h"
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

#define NS_PER_SECOND 1000000000ull
#define CALIBRATION_NS 10000000ull
#define READINGS 8
#define READING_TURNS_MAX 100000000u
#define SHIFT 32
#define TSC_HZ_MIN 1000000ull
#define EVENT_NS_MAX 1000000000ull /* longer waits are cut in pieces */

typedef unsigned __int128 uint128_t;

static union {
	struct clock_page page;
	char bytes[PAGE_SIZE];
} clock_memory __attribute__((aligned(PAGE_SIZE), section(".bss.page")));

static struct clock_page *const page = &clock_memory.page;
static struct {
	uint64_t tsc, mult; /* as on the clock page; 0 before clock_init: then it is always 0 */
} origin HOT_DATA;
static uint64_t timer_hz;
static uint64_t event_ns = DEADLINE_NEVER;

struct reading {
	uint64_t reference, tsc, timer;
};

paddr_t clock_page_address(void)
{
	return (paddr_t){ (uintptr_t)page - KERNEL_BASE };
}

static uint64_t scale(uint64_t value, uint64_t numerator, uint64_t denominator)
{
	uint64_t whole = value / denominator, rest = value % denominator;
	return whole * numerator + rest * numerator / denominator;
}

/* All three counters at as nearly the same moment as can be had. */
static struct reading reading_take(const struct clock_reference *reference)
{
	struct reading best = { 0 };
	uint64_t best_width = UINT64_MAX;
	for (unsigned i = 0; i < READINGS; i++) {
		uint64_t before = tsc_read();
		uint64_t count = reference->read();
		uint64_t left = apic_timer_left();
		uint64_t width = tsc_read() - before;
		if (width < best_width) {
			best_width = width;
			best = (struct reading){ count, before + width / 2, UINT32_MAX - left };
		}
	}
	return best;
}

static void calibrate(const struct clock_reference *reference)
{
	uint64_t wanted = scale(CALIBRATION_NS, reference->hz, NS_PER_SECOND);
	unsigned turns = 0;
	apic_timer_start(UINT32_MAX);
	struct reading first = reading_take(reference), last;
	do {
		last = reading_take(reference);
	} while (((last.reference - first.reference) & reference->mask) < wanted &&
		 turns++ < READING_TURNS_MAX);
	apic_timer_start(0);
	uint64_t counts = (last.reference - first.reference) & reference->mask;
	if (counts < wanted)
		panic("clock: the %s does not count", reference->name);
	page->tsc_hz = scale(last.tsc - first.tsc, reference->hz, counts);
	timer_hz = scale(last.timer - first.timer, reference->hz, counts);
	if (page->tsc_hz < TSC_HZ_MIN || !timer_hz)
		panic("clock: TSC at %lu Hz, APIC timer at %lu Hz", page->tsc_hz, timer_hz);
}

void clock_init(void)
{
	const struct clock_reference *reference = clock_reference_start();
	calibrate(reference);
	page->shift = SHIFT;
	page->mult = (NS_PER_SECOND << SHIFT) / page->tsc_hz;
	page->base_tsc = tsc_read();
	origin.tsc = page->base_tsc;
	origin.mult = page->mult;
	page->tsc_usable = 1;
	log_print("clock: TSC %lu kHz%s, APIC timer %lu kHz, by %s", page->tsc_hz / 1000,
		  cpu_features.invariant_tsc ? " (invariant)" : "", timer_hz / 1000, reference->name);
}

uint64_t clock_now_ns(void)
{
	uint64_t now = (uint64_t)((uint128_t)(tsc_read() - origin.tsc) * origin.mult >> SHIFT);
	return cpu_self()->events.clock_ns = now;
}

int64_t clock_realtime_ns(void)
{
	return (int64_t)clock_now_ns() + page->realtime_offset_ns;
}

void clock_set_realtime_offset(int64_t offset_ns)
{
	__atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	page->realtime_offset_ns = offset_ns;
	__atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_RELEASE);
}

int64_t clock_realtime_offset(void)
{
	return page->realtime_offset_ns;
}

static void event_start(uint64_t now_ns)
{
	uint64_t wait_ns = least(event_ns > now_ns ? event_ns - now_ns : 0, EVENT_NS_MAX);
	uint64_t counts = scale(wait_ns, timer_hz, NS_PER_SECOND) + 1;
	apic_timer_start((uint32_t)least(counts, UINT32_MAX));
}

void clock_set_event(uint64_t deadline_ns)
{
	if (deadline_ns == event_ns)
		return;
	event_ns = deadline_ns;
	if (deadline_ns == DEADLINE_NEVER)
		apic_timer_start(0);
	else
		event_start(clock_now_ns());
}

bool clock_event_due(void)
{
	if (event_ns == DEADLINE_NEVER)
		return false;
	uint64_t now_ns = clock_now_ns();
	if (now_ns < event_ns) {
		event_start(now_ns);
		return false;
	}
	event_ns = DEADLINE_NEVER;
	return true;
}
