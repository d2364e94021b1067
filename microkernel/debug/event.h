/* SPDX-License-Identifier: MIT */
/*
 * The event rings (abi/events.h). Recording takes a few stores and no lock: a ring is written by its own CPU only.
 */
#ifndef LICHEN_DEBUG_EVENT_H
#define LICHEN_DEBUG_EVENT_H

#include <stdint.h>
#include "abi/events.h"
#include "abi/status.h"

#define EVENTS_KEPT 512u /* a power of two */
#define EVENTS_FRESH 8u  /* a power of two */

/* Part of the CPU's block. Each EVENTS_FRESH events go to the ring together: it lies on pages that would else be touched
   at each boundary. */
struct event_log {
	struct event *next;    /* in `fresh`, ... */
	struct event *end;     /* ... whose end this is */
	uint64_t clock_ns;     /* the last reading of clock_now_ns here */
	uint64_t fresh_number; /* of the event that fresh[0] is or will be */
	struct event fresh[EVENTS_FRESH];
	struct event *kept; /* NULL before event_init */
	uint64_t capacity;  /* of `kept`, a power of two */
	uint64_t started;   /* the first event that `kept` was there for */
};

struct cpu;
struct account;
struct memory_object;

/* The boot CPU's ring; others get theirs when they start. */
void event_init(struct cpu *cpu);
/* How many were recorded so far; the first one that is still there, and one with a number in between. */
static inline uint64_t event_count(const struct event_log *log)
{
	return log->fresh_number + (uint64_t)(log->next - log->fresh);
}
uint64_t event_first(const struct event_log *log);
const struct event *event_at(const struct event_log *log, uint64_t number);

/* Give the boot CPU's ring a contiguous object of this many pages (a power of two). NO_MEMORY; EXISTS: one has it; INVALID. */
status_t recording_start(struct account *account, uint64_t pages);
/* End that: the object with what is in it, with the ring's reference; NULL: there is none. */
struct memory_object *recording_stop(struct event_recording *recording);
/* The same from the boot on, where the command line has lichen.record=MB. */
void recording_start_at_boot(void);

/* The fresh ones go to the ring. */
void event_keep_fresh(struct event_log *log);

static inline void event_put(struct event_log *log, enum event_kind kind, uint32_t thread, uint32_t cause,
			     uint64_t first, uint64_t second)
{
	struct event *event = log->next;
	event->time_kind = log->clock_ns | (uint64_t)kind << EVENT_KIND_SHIFT;
	event->thread = thread;
	event->cause = cause;
	event->first = first;
	event->second = second;
	log->next = event + 1;
	if (__builtin_expect(event + 1 == log->end, 0))
		event_keep_fresh(log);
}

#ifdef LICHEN_WITHOUT_EVENTS
#	define event_put(log, kind, thread, cause, first, second) ((void)(log))
#	define event_record(kind, first, second) ((void)(first), (void)(second))
#else
void event_record(enum event_kind kind, uint64_t first, uint64_t second);
#endif

#endif
