/* SPDX-License-Identifier: MIT */
/*
 * Recording and printing of events.
 */
#include "debug/event.h"

#include "memory/memory.h"

#include "arch/x86_64/cpu.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define MEMORY_EVERY 64u /* events */

static struct event boot_ring[EVENTS_KEPT];

void event_init(struct cpu *cpu)
{
	struct event_log *log = &cpu->events;
	log->next = log->next ? log->next : log->fresh;
	log->end = log->fresh + EVENTS_FRESH;
	log->kept = boot_ring;
	log->capacity = EVENTS_KEPT;
	log->started = log->fresh_number;
}

__attribute__((noinline)) void event_keep_fresh(struct event_log *log)
{
	struct event *to = &log->kept[log->fresh_number & (log->capacity - 1)];
#pragma GCC unroll 8
	for (unsigned i = 0; i < EVENTS_FRESH; i++)
		to[i] = log->fresh[i];
	log->fresh_number += EVENTS_FRESH;
	log->next = log->fresh;
	if (log->capacity > EVENTS_KEPT && log->fresh_number % MEMORY_EVERY == 0)
		event_put(log, EVENT_MEMORY, 0, 0, frame_counts().free, 0);
}

#ifndef LICHEN_WITHOUT_EVENTS
void event_record(enum event_kind kind, uint64_t first, uint64_t second)
{
	struct cpu *cpu = cpu_self();
	const struct thread *thread = cpu->current;
	uint64_t cause = thread && thread->mode != MODE_GUEST ? thread->cause : 0;
	event_put(&cpu->events, kind, thread ? (uint32_t)thread->object.id : 0, EVENT_CAUSE(cause), first,
		  second);
}
#endif

uint64_t event_first(const struct event_log *log)
{
	return log->fresh_number > log->started + log->capacity ? log->fresh_number - log->capacity
								: log->started;
}

const struct event *event_at(const struct event_log *log, uint64_t number)
{
	return number < log->fresh_number ? &log->kept[number & (log->capacity - 1)]
					  : &log->fresh[number - log->fresh_number];
}
