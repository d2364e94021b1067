/* SPDX-License-Identifier: MIT */
/*
 * Events: what each CPU did last, always recorded, kept in a ring. Readable through event_read; record_start gives the rings
 * room for a recording.
 *
 * A stay of a guest's thread outside of its guest, for a forwarded call or another reason, is one event, recorded when it enters
 * again: it says since when. Calls that routes answer are not recorded.
 *
 * A causal id follows such a stay: it is made of the time at which that began, a message takes it to the thread that serves it, and
 * every event in between says under which one its thread ran.
 *
 * An event's time is the last clock reading on its CPU: readings are at every boundary between modes and threads, so
 * order is exact and times are as old as the last boundary.
 */
#ifndef LICHEN_ABI_EVENTS_H
#define LICHEN_ABI_EVENTS_H

#include "types.h"

struct event {
	uint64_t time_kind; /* nanoseconds since the boot | kind << EVENT_KIND_SHIFT */
	uint32_t thread;    /* low half of the running thread's object number; 0: none ran */
	uint32_t cause;     /* 0: none */
	uint64_t first, second;
};
_Static_assert(sizeof(struct event) == 32, "events fill pages");
#define EVENT_KIND_SHIFT 56
#define EVENT_TIME_MASK ((1ull << EVENT_KIND_SHIFT) - 1)
#define EVENT_CAUSE(start_ns) ((uint32_t)((start_ns) >> 4)) /* the causal id of what began then */

/* clang-format off */
/* Number, kind, its name, and what the two words are. Of the kernel itself: */
#define EVENT_KINDS(E) \
	/* the guest goes on: since when it was outside, and its rax now; in place of the cause, the number of the call that it made, or \
	   ~0: it was no call */ \
	E(0, GUEST, "guest", "since", "rax") \
	E(1, SWITCH, "switch", "thread", "from") \
	/* it left for another reason than a call: enum guest_exit */ \
	E(3, GUEST_EXIT, "guest exit", "reason", "rip") \
	E(4, EXCEPTION, "exception", "vector", "rip") \
	/* recorded when it is dealt with. Nanoseconds that took << 32 | what the CPU said, 16 bits, << 16 | what came of it, 16 bits: a \
	   status; OK: resolved, PENDING: it waits for the page or memory */ \
	E(5, PAGE_FAULT, "page fault", "address", "result") \
	E(6, INTERRUPT, "interrupt", "vector", "rip") \
	/* tag: interface and message (message.h) */ \
	E(7, CALL, "call", "endpoint", "tag") \
	E(8, REPLY, "reply", "to", "tag") \
	/* a thread was made, or was there when a recording began */ \
	E(9, THREAD, "thread", "number", "domain") \
	/* a row for a descriptor was set (1) or cleared (2), or a row for a call added (3) */ \
	E(10, ROUTE, "route", "what", "number") \
	/* now and then in a recording: frames that are free */ \
	E(11, MEMORY, "memory", "free", "none")
/* Of servers, by event_note: */
#define EVENT_NOTES(E) \
	/* the thread's guest is this task: pid << 32 | tid; a NAME by the same thread follows */ \
	E(64, TASK, "task", "thread", "pid_tid") \
	E(65, NAME, "name", "text", "more") \
	E(66, SIGNAL_BUILT, "signal built", "number", "handler") \
	E(67, SIGNAL_RETURNED, "signal returned", "rip", "mask") \
	/* after a NAME: the last part of the path in the program's first argument, if it has one */ \
	E(68, ARGUMENT, "argument", "text", "more")
/* clang-format on */

static inline uint64_t event_fault_result(uint64_t ns, uint64_t error, int status)
{
	return (ns > UINT32_MAX ? UINT32_MAX : ns) << 32 | (error & UINT16_MAX) << 16 | (uint16_t)status;
}

#define EVENT_ENUM(number, kind, name, first, second) EVENT_##kind = number,
enum event_kind { EVENT_KINDS(EVENT_ENUM) EVENT_NOTES(EVENT_ENUM) EVENT_KIND_COUNT = 69 };
#undef EVENT_ENUM
#define EVENT_NOTE_FIRST 64

/* record_stop: what the object holds. Event n lies at index n % capacity; those from `first` up to `end` are there. */
struct event_recording {
	uint64_t first, end;
	uint64_t started; /* the first one after the start; lower than `first`: so many are lost */
	uint64_t capacity;
};

#endif
