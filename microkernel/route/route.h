/* SPDX-License-Identifier: MIT */
/*
 * Routes: guest calls answered in the kernel (abi/route.h says what they are).
 *
 * table.c keeps a domain's rows, route.c finds the row of a call and turns its outcome into the guest's result, and each
 * other file of this folder holds operations. An operation runs under the kernel lock from beginning to end: it first
 * makes sure that it can finish without a fault (ROUTE_FORWARD else, with nothing changed), then does it.
 */
#ifndef LICHEN_ROUTE_ROUTE_H
#define LICHEN_ROUTE_ROUTE_H

#include <stdbool.h>
#include "abi/route.h"
#include "abi/status.h"

struct domain;
struct thread;

/* What an operation answers besides enum route_outcome. */
#define ROUTE_FORWARD (-1) /* nothing was done: the personality answers the call */
#define ROUTE_WAITS (-2)   /* the guest waits in the kernel; its result comes when it is woken */

/* A row as the table keeps it: what the check of each call needs, worked out before. */
struct route_row {
	struct route route;
	uint8_t tests;      /* how many of its tests can fail: the first ones */
	uint8_t parameters; /* how many its operation looks at */
	bool in_order;      /* they are the call's arguments as they come */
	uint8_t constant;   /* a bit for each parameter that is a constant */
	/* Where parameters and tested arguments lie: bytes into the row for constants, else into the frame. */
	uint8_t parameter_at[ROUTE_PARAMETERS], argument_at[ROUTE_TESTS];
};

/* One call that a row matches. */
struct route_call {
	struct thread *thread;
	const struct route *row;
	uint64_t parameters[ROUTE_PARAMETERS];
	uint64_t value; /* what DONE returns; starts as results[ROUTE_DONE] */
};

/* An operation; `instant`: its guest goes straight back, unless something asks for the CPU's attention meanwhile. */
struct route_operation_row {
	int (*run)(struct route_call *call);
	bool instant;
	bool retries; /* a woken guest tries its call again, instead of having the row's word for the wake */
	uint8_t must_list;  /* outcomes that its rows list, since they can no longer be forwarded then */
	uint8_t parameters; /* how many it looks at; each costs time; 0: all */
};
extern const struct route_operation_row route_operations[ROUTE_OPERATION_COUNT];

int route_value(struct route_call *call);
int route_answer(struct route_call *call);
int route_read(struct route_call *call);
int route_write(struct route_call *call);
int route_read_at(struct route_call *call);
int route_write_at(struct route_call *call);
int route_read_vector(struct route_call *call);
int route_write_vector(struct route_call *call);
int route_read_vector_at(struct route_call *call);
int route_write_vector_at(struct route_call *call);
int route_seek(struct route_call *call);
int route_image(struct route_call *call);
int route_ready(struct route_call *call);
int route_poll(struct route_call *call);
int route_wait(struct route_call *call);
int route_wake_word(struct route_call *call);
int route_sleep(struct route_call *call);
int route_clock(struct route_call *call);
int route_clock_seconds(struct route_call *call);
int route_yield(struct route_call *call);
int route_mask(struct route_call *call);
int route_action(struct route_call *call);
int route_map(struct route_call *call);
int route_unmap(struct route_call *call);
int route_protect(struct route_call *call);
int route_break(struct route_call *call);

/* Rows of a domain's guests. (table.c) */
struct route_table;
status_t route_table_add(struct domain *domain, const struct route *row);
void route_table_destroy(struct domain *domain);
/* The row that the call in the thread's frame matches, or NULL. */
const struct route_row *route_find(const struct thread *thread);

/* What became of a guest's call. */
enum route_end {
	ROUTE_FORWARDED, /* as if no route were there */
	ROUTE_ANSWERED,  /* leave the kernel as usual */
	ROUTE_AT_ONCE,   /* answered, and the same guest goes on with nothing else changed */
};
/* Answer the SYSCALL in the running thread's frame if a route may. */
enum route_end route_call(struct thread *thread);

/* The guest waits in its call: on a word's queue (key NULL: on none), for a wake that meets the bitset, until the deadline.
   Answers ROUTE_WAITS. (wait.c) */
int route_park(struct route_call *call, const uint64_t key[2], uint32_t bitset, uint64_t deadline_ns);
/* The same inside of the call's descriptor; when woken the call is tried again there. */
struct descriptor;
int route_park_inside(struct route_call *call, struct descriptor *descriptor, const uint64_t key[2]);
/* A guest that was parked so, and is woken, tries again: as route_call. */
enum route_end route_again(struct thread *thread);
/* The thread is no longer inside of a descriptor. */
void route_leave(struct thread *thread);
/* A parked guest's wait ended with this status: its result, or that it must try again. */
void route_wake(struct thread *thread, int64_t status);

/* Kernel address of the guest's bytes, which lie in one page, when they can be touched as they are; else NULL. */
void *route_guest_bytes(const struct thread *thread, uint64_t address, uint64_t bytes, uint32_t access);
/* Kernel address of a block in the personality's memory, writable, or NULL: not mapped, or not aligned to its size. */
void *route_block(const struct thread *thread, uint64_t address, uint64_t bytes);
/* Take a block's busy word if it is free. */
bool route_take(uint32_t *busy);
/* Give it back, and wake who waits for it. `address`: the block's in the personality. */
void route_release(const struct thread *thread, uint64_t address, uint32_t *busy);

#endif
