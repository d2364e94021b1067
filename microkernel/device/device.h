/* SPDX-License-Identifier: MIT */
/*
 * Device rights as kernel objects: interrupts, ranges of I/O ports, ranges of physical memory.
 *
 * The supervisor starts with ranges over everything and carves smaller ones for drivers; the manifest says which.
 * A range never grows, and a carved one lies wholly inside the one it came from.
 */
#ifndef LICHEN_DEVICE_DEVICE_H
#define LICHEN_DEVICE_DEVICE_H

#include <stdbool.h>
#include "object/object.h"

struct notification;

struct device_range {
	struct object object;  /* KIND_IOPORT or KIND_PHYSICAL */
	uint64_t first, count; /* ports, or bytes of physical memory, page aligned */
};

#define IRQ_LINE_MSI 0x100u /* lines from here on: not a line, a message-signalled interrupt */

/*
 * An interrupt. After it fires it does not fire again until it is acknowledged: a level line is masked meanwhile, an edge
 * or a message that comes meanwhile is remembered and signalled at the acknowledgement. A fresh one waits for its first
 * acknowledgement too.
 */
struct irq {
	struct object object;
	struct notification *notification; /* referenced */
	uint64_t bits;
	uint32_t line; /* GSI, or IRQ_LINE_MSI */
	uint8_t vector;
	bool level;
	bool armed;   /* acknowledged since it last fired */
	bool pending; /* came while not armed */
};

/* One reference for the caller; NULL: no memory. For the supervisor's start and the carve calls. */
struct device_range *device_range_create(enum object_kind kind, uint64_t first, uint64_t count,
					 struct account *account);
/* OK when [first, first + count) is aligned as the kind wants, not empty, and inside; else INVALID or OUT_OF_RANGE. */
status_t device_range_contains(const struct device_range *range, uint64_t first, uint64_t count);
/* The same of physical memory, and there is no RAM in it that the kernel manages (DENIED): it may be mapped. */
status_t device_range_mappable(const struct device_range *range, uint64_t base, uint64_t bytes);

/* A new interrupt, bound to nothing: call irq_bind next. *status is STATUS_OK before the call. NOT_FOUND: no interrupt
   controller has the line; EXISTS: somebody has it; LIMIT: no vector is left; NO_MEMORY. */
struct irq *irq_create(uint32_t line, struct account *account, status_code_t *status);
void irq_bind(struct irq *irq, struct notification *notification, uint64_t bits);
void irq_acknowledge(struct irq *irq);

/* For the kinds table. */
void irq_destroy(struct object *object);

#endif
