/* SPDX-License-Identifier: MIT */
/*
 * The event ring: what each CPU did last, always recorded, printed by a panic.
 *
 * An event's time is the last clock reading on its CPU: readings are at every boundary between modes and threads, so
 * order is exact and times are as old as the last boundary. Recording takes a few stores and no lock: a
 * ring is written by its own CPU only.
 */
#ifndef LICHEN_DEBUG_EVENT_H
#define LICHEN_DEBUG_EVENT_H

#include <stdint.h>

#define EVENTS_KEPT 512u /* a power of two */
#define EVENTS_FRESH 8u  /* a power of two */

/* clang-format off */
/* Kind, its name, and what the two words are. */
#define EVENT_KINDS(E) \
	E(SWITCH, "switch", "thread", "from") \
	E(GUEST_ENTER, "guest enter", "rip", "rax") \
	E(GUEST_EXIT, "guest exit", "reason", "rip") \
	E(EXCEPTION, "exception", "vector", "rip") \
	E(PAGE_FAULT, "page fault", "address", "status") \
	E(INTERRUPT, "interrupt", "vector", "rip") \
	E(CALL, "call", "endpoint", "tag") \
	E(REPLY, "reply", "to", "tag")
/* clang-format on */

#define EVENT_ENUM(kind, name, first, second) EVENT_##kind,
enum event_kind { EVENT_KINDS(EVENT_ENUM) EVENT_KIND_COUNT };
#undef EVENT_ENUM

struct event {
	uint64_t time_ns;
	uint32_t kind;   /* enum event_kind */
	uint32_t thread; /* low half of the running thread's object id */
	uint64_t first, second;
};

/* Part of the CPU's block. Each EVENTS_FRESH events go to the ring together: it lies on pages that would else be touched
   at each boundary. */
struct event_log {
	uint64_t recorded; /* so far */
	uint64_t clock_ns; /* the last reading of clock_now_ns here */
	struct event fresh[EVENTS_FRESH];
	struct event *kept; /* EVENTS_KEPT; NULL before event_init */
};

struct cpu;

/* The boot CPU's ring; others get theirs when they start. */
void event_init(struct cpu *cpu);
/* The event with this number, one of the newest EVENTS_KEPT. */
const struct event *event_at(const struct event_log *log, uint64_t number);
/* The newest `count` events of a CPU, oldest first, on the log. */
void event_print(const struct cpu *cpu, unsigned count);
void event_record(enum event_kind kind, uint64_t first, uint64_t second);

#endif
