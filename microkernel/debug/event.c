/* SPDX-License-Identifier: MIT */
/*
 * Recording and printing of events.
 */
#include "debug/event.h"

#include "arch/x86_64/cpu.h"
#include "debug/log.h"
#include "structure/bytes.h"
#include "thread/thread.h"

struct event_kind_row {
	const char *name, *first, *second;
};
#define EVENT_ROW(kind, name, first, second) [EVENT_##kind] = { name, first, second },
static const struct event_kind_row kinds[EVENT_KIND_COUNT] = { EVENT_KINDS(EVENT_ROW) };

static struct event boot_ring[EVENTS_KEPT];

void event_init(struct cpu *cpu)
{
	cpu->events.kept = boot_ring;
}

static __attribute__((noinline)) void keep_fresh(const struct event_log *log)
{
	if (log->kept)
		memcpy(&log->kept[(log->recorded - EVENTS_FRESH) % EVENTS_KEPT], log->fresh,
		       sizeof(log->fresh));
}

void event_record(enum event_kind kind, uint64_t first, uint64_t second)
{
	struct cpu *cpu = cpu_self();
	struct event_log *log = &cpu->events;
	struct event *event = &log->fresh[log->recorded++ % EVENTS_FRESH];
	event->time_ns = log->clock_ns;
	event->kind = kind;
	event->thread = cpu->current ? (uint32_t)cpu->current->object.id : 0;
	event->first = first;
	event->second = second;
	if (log->recorded % EVENTS_FRESH == 0)
		keep_fresh(log);
}

static void print_one(const struct event *event)
{
	const struct event_kind_row *row = &kinds[event->kind];
	log_print_raw("  %6lu.%06lu thread %x %s: %s %lx %s %lx\n", event->time_ns / 1000000000,
		      event->time_ns / 1000 % 1000000, event->thread, row->name, row->first, event->first,
		      row->second, event->second);
}

const struct event *event_at(const struct event_log *log, uint64_t number)
{
	uint64_t fresh = log->recorded - log->recorded % EVENTS_FRESH;
	return number < fresh ? &log->kept[number % EVENTS_KEPT] : &log->fresh[number % EVENTS_FRESH];
}

void event_print(const struct cpu *cpu, unsigned count)
{
	const struct event_log *log = &cpu->events;
	if (!log->kept)
		return;
	uint64_t kept = log->recorded < EVENTS_KEPT ? log->recorded : EVENTS_KEPT;
	uint64_t at = log->recorded - (count < kept ? count : kept);
	log_print_raw("  last events of %lu on CPU %u:\n", log->recorded, cpu->number);
	for (; at < log->recorded; at++)
		print_one(event_at(log, at));
}
