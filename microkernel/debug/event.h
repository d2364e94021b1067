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
	uint64_t recorded; /* so far */
	uint64_t clock_ns; /* the last reading of clock_now_ns here */
	struct event fresh[EVENTS_FRESH];
	struct event *kept; /* NULL before event_init */
	uint64_t capacity;  /* of `kept`, a power of two */
	uint64_t started;   /* the first event that `kept` was there for */
	uint32_t causes;    /* the last causal id given here */
};

struct cpu;
struct account;
struct memory_object;

/* The boot CPU's ring; others get theirs when they start. */
void event_init(struct cpu *cpu);
/* The first event that is still there, and the event with a number from there on and below log->recorded. */
uint64_t event_first(const struct event_log *log);
const struct event *event_at(const struct event_log *log, uint64_t number);

/* Give the boot CPU's ring a contiguous object of this many pages (a power of two). NO_MEMORY; EXISTS: one has it; INVALID. */
status_t recording_start(struct account *account, uint64_t pages);
/* End that: the object with what is in it, with the ring's reference; NULL: there is none. */
struct memory_object *recording_stop(struct event_recording *recording);
/* The same from the boot on, where the command line has lichen.record=MB. */
void recording_start_at_boot(void);

#ifdef LICHEN_WITHOUT_EVENTS
static inline void event_record(enum event_kind kind, uint64_t first, uint64_t second)
{
	(void)kind;
	(void)first;
	(void)second;
}
#else
void event_record(enum event_kind kind, uint64_t first, uint64_t second);
#endif

#endif
