/* SPDX-License-Identifier: MIT */
/*
 * Recording and printing of events.
 */
#include "debug/event.h"

#include "arch/x86_64/cpu.h"
#include "structure/bytes.h"
#include "thread/thread.h"

static struct event boot_ring[EVENTS_KEPT];

void event_init(struct cpu *cpu)
{
	struct event_log *log = &cpu->events;
	log->kept = boot_ring;
	log->capacity = EVENTS_KEPT;
	log->started = log->recorded - log->recorded % EVENTS_FRESH;
}

#ifndef LICHEN_WITHOUT_EVENTS
static __attribute__((noinline)) void keep_fresh(const struct event_log *log)
{
	if (log->kept)
		memcpy(&log->kept[(log->recorded - EVENTS_FRESH) & (log->capacity - 1)], log->fresh,
		       sizeof(log->fresh));
}

void event_record(enum event_kind kind, uint64_t first, uint64_t second)
{
	struct cpu *cpu = cpu_self();
	struct event_log *log = &cpu->events;
	struct event *event = &log->fresh[log->recorded++ % EVENTS_FRESH];
	event->time_kind = log->clock_ns << EVENT_TIME_SHIFT | kind;
	event->thread = cpu->current ? (uint32_t)cpu->current->object.id : 0;
	event->cause = cpu->current ? cpu->current->cause : 0;
	event->first = first;
	event->second = second;
	if (log->recorded % EVENTS_FRESH == 0)
		keep_fresh(log);
}
#endif

uint64_t event_first(const struct event_log *log)
{
	/* The oldest of a full ring may be half replaced by what is fresh. */
	uint64_t kept = log->recorded - log->recorded % EVENTS_FRESH;
	return kept > log->started + log->capacity ? kept - log->capacity : log->started;
}

const struct event *event_at(const struct event_log *log, uint64_t number)
{
	uint64_t fresh = log->recorded - log->recorded % EVENTS_FRESH;
	return number < fresh ? &log->kept[number & (log->capacity - 1)] : &log->fresh[number % EVENTS_FRESH];
}
