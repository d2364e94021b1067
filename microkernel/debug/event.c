/* SPDX-License-Identifier: MIT */
/*
 * Recording and printing of events.
 */
#include "debug/event.h"

#include "debug/log.h"
#include "thread/thread.h"

struct event_kind_row {
	const char *name, *first, *second;
};
#define EVENT_ROW(kind, name, first, second) [EVENT_##kind] = { name, first, second },
static const struct event_kind_row kinds[EVENT_KIND_COUNT] = { EVENT_KINDS(EVENT_ROW) };

static struct event_ring boot_ring __attribute__((aligned(4096)));

void event_init(struct cpu *cpu)
{
	cpu->events = &boot_ring;
}

void event_record(enum event_kind kind, uint64_t first, uint64_t second)
{
	struct cpu *cpu = cpu_self();
	struct event_ring *ring = cpu->events;
	struct event *event = &ring->events[ring->recorded++ % EVENTS_KEPT];
	event->time_ns = cpu->clock_ns;
	event->kind = kind;
	event->thread = cpu->current ? (uint32_t)cpu->current->object.id : 0;
	event->first = first;
	event->second = second;
}

static void print_one(const struct event *event)
{
	const struct event_kind_row *row = &kinds[event->kind];
	log_print_raw("  %6lu.%06lu thread %x %s: %s %lx %s %lx\n", event->time_ns / 1000000000,
		      event->time_ns / 1000 % 1000000, event->thread, row->name, row->first, event->first,
		      row->second, event->second);
}

void event_print(const struct cpu *cpu, unsigned count)
{
	const struct event_ring *ring = cpu->events;
	if (!ring)
		return;
	uint64_t kept = ring->recorded < EVENTS_KEPT ? ring->recorded : EVENTS_KEPT;
	uint64_t at = ring->recorded - (count < kept ? count : kept);
	log_print_raw("  last events of %lu on CPU %u:\n", ring->recorded, cpu->number);
	for (; at < ring->recorded; at++)
		print_one(&ring->events[at % EVENTS_KEPT]);
}
