/* SPDX-License-Identifier: MIT */
/*
 * Device rights: interrupts, and ranges of I/O ports and of physical memory (device.h).
 *
 * Each interrupt has a vector, from the first device vector up. A level line is masked before the interrupt controller
 * hears of its end, else it would come again at once. An edge line is never masked once it was armed, since a masked
 * input forgets edges.
 */
#include "arch/x86_64/apic.h"
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "device/device.h"
#include "ipc/endpoint.h"

static struct irq *irq_of_vector[VECTOR_LAST_DEVICE - VECTOR_FIRST_DEVICE + 1];

static uint8_t vector_allocate(struct irq *irq)
{
	for (unsigned i = 0; i < sizeof(irq_of_vector) / sizeof(irq_of_vector[0]); i++) {
		if (!irq_of_vector[i]) {
			irq_of_vector[i] = irq;
			return (uint8_t)(VECTOR_FIRST_DEVICE + i);
		}
	}
	return 0;
}

static bool line_taken(uint32_t line)
{
	for (unsigned i = 0; i < sizeof(irq_of_vector) / sizeof(irq_of_vector[0]); i++)
		if (irq_of_vector[i] && irq_of_vector[i]->line == line)
			return true;
	return false;
}

static bool is_line(const struct irq *irq)
{
	return irq->line < IRQ_LINE_MSI;
}

struct irq *irq_create(uint32_t line, struct account *account, status_code_t *status)
{
	bool level = false, low = false;
	if (line >= IRQ_LINE_MSI)
		line = IRQ_LINE_MSI;
	else if (!ioapic_line_kind(line, &level, &low))
		*status = STATUS_NOT_FOUND;
	else if (line_taken(line))
		*status = STATUS_EXISTS;
	if (*status)
		return NULL;

	struct irq *irq = object_allocate(KIND_IRQ, sizeof(*irq), account);
	if (!irq) {
		*status = STATUS_NO_MEMORY;
		return NULL;
	}
	irq->line = line;
	irq->level = level;
	irq->vector = vector_allocate(irq);
	if (!irq->vector) {
		object_free(&irq->object);
		*status = STATUS_LIMIT;
		return NULL;
	}
	if (is_line(irq))
		ioapic_route(line, irq->vector, level, low);
	return irq;
}

void irq_destroy(struct object *object)
{
	struct irq *irq = (struct irq *)object;
	if (is_line(irq))
		ioapic_mask(irq->line, true);
	irq_of_vector[irq->vector - VECTOR_FIRST_DEVICE] = NULL;
	if (irq->notification)
		object_put(&irq->notification->object);
	object_free(object);
}

void irq_bind(struct irq *irq, struct notification *notification, uint64_t bits)
{
	struct notification *old = irq->notification;
	object_get(&notification->object);
	irq->notification = notification;
	irq->bits = bits;
	if (old)
		object_put(&old->object);
}

void irq_acknowledge(struct irq *irq)
{
	if (irq->pending) {
		irq->pending = false;
		notification_signal(irq->notification, irq->bits);
		return;
	}
	if (irq->armed)
		return;
	irq->armed = true;
	if (is_line(irq))
		ioapic_mask(irq->line, false);
}

static void fire(struct irq *irq)
{
	if (!irq->armed) {
		irq->pending = !irq->level;
		return;
	}
	irq->armed = false;
	notification_signal(irq->notification, irq->bits);
}

void irq_interrupt(uint64_t vector)
{
	struct irq *irq = irq_of_vector[vector - VECTOR_FIRST_DEVICE];
	if (irq && irq->level)
		ioapic_mask(irq->line, true);
	apic_end_of_interrupt();
	if (irq && irq->notification)
		fire(irq);
}

#define LOW_MEMORY_END 0x100000ull /* never given out as frames: firmware tables and VGA lie there */

struct device_range *device_range_create(enum object_kind kind, uint64_t first, uint64_t count,
					 struct account *account)
{
	struct device_range *range = object_allocate(kind, sizeof(*range), account);
	if (!range)
		return NULL;
	range->first = first;
	range->count = count;
	return range;
}

status_t device_range_contains(const struct device_range *range, uint64_t first, uint64_t count)
{
	uint64_t unit = range->object.kind == KIND_IOPORT ? 1 : PAGE_SIZE;
	if ((first | count) % unit || !count)
		return STATUS_INVALID;
	if (first < range->first || count > range->count || first - range->first > range->count - count)
		return STATUS_OUT_OF_RANGE;
	return STATUS_OK;
}

status_t device_range_mappable(const struct device_range *range, uint64_t base, uint64_t bytes)
{
	status_code_t status = device_range_contains(range, base, bytes);
	uint64_t first = base > LOW_MEMORY_END ? base : LOW_MEMORY_END;
	bool ram = first < base + bytes && boot_has_memory(first, base + bytes - first, BOOT_RAM, false);
	return !status && ram ? STATUS_DENIED : status;
}
