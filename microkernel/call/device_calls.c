/* SPDX-License-Identifier: MIT */
/*
 * Calls on devices: interrupts, I/O ports, ranges of physical memory.
 */
#include "arch/x86_64/apic.h"
#include "arch/x86_64/instructions.h"
#include "call/lookup.h"
#include "device/irq.h"
#include "ipc/notification.h"
#include "memory/memory.h"

#define MSI_ADDRESS_BASE 0xfee00000u

struct call_result kcall_irq_create(struct thread *self, handle_t system, uint32_t line,
				    handle_t notification, uint64_t bits)
{
	status_code_t status = STATUS_OK;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_MANAGE, &status))
		return call_error(status);
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					   &status);
	if (!told)
		return call_error(status);
	status = STATUS_OK;
	struct irq *irq = irq_create(line, self->domain->account, &status);
	if (!irq)
		return call_error(status);
	irq_bind(irq, told, bits);
	return call_created(self, irq);
}

struct call_result kcall_irq_bind(struct thread *self, handle_t irq, handle_t notification, uint64_t bits)
{
	status_code_t status;
	struct irq *target = LOOKUP(irq, self, irq, KIND_IRQ, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	struct notification *told = LOOKUP(notification, self, notification, KIND_NOTIFICATION, RIGHT_WRITE,
					   &status);
	if (!told)
		return call_error(status);
	irq_bind(target, told, bits);
	return call_ok(0);
}

struct call_result kcall_irq_acknowledge(struct thread *self, handle_t irq)
{
	status_code_t status;
	struct irq *target = LOOKUP(irq, self, irq, KIND_IRQ, RIGHT_MANAGE, &status);
	if (!target)
		return call_error(status);
	irq_acknowledge(target);
	return call_ok(0);
}

struct call_result kcall_irq_message(struct thread *self, handle_t irq, uaddr_t message)
{
	status_code_t status;
	const struct irq *target = LOOKUP(irq, self, irq, KIND_IRQ, RIGHT_READ, &status);
	if (!target)
		return call_error(status);
	if (target->line != IRQ_LINE_MSI)
		return call_error(STATUS_INVALID);
	struct irq_message answer = {
		.address = MSI_ADDRESS_BASE | (uint64_t)apic_id() << 12,
		.data = target->vector,
		.vector = target->vector,
	};
	return call_error(copy_out(self->domain->aspace, message, &answer, sizeof(answer)));
}

struct call_result kcall_ioport_carve(struct thread *self, handle_t range, uint32_t first, uint32_t count)
{
	status_code_t status;
	struct ioport_range *source = LOOKUP(ioport_range, self, range, KIND_IOPORT, RIGHT_MANAGE, &status);
	if (!source)
		return call_error(status);
	if (!count)
		return call_error(STATUS_INVALID);
	if (first < source->first || count > source->count || first - source->first > source->count - count)
		return call_error(STATUS_OUT_OF_RANGE);
	return call_created(self, ioport_range_create(first, count, source->object.account));
}

/* Checks of one port access: width, and that all its ports are in the range. */
static status_t ioport_check(const struct ioport_range *range, uint32_t port, uint32_t width)
{
	if (width != 1 && width != 2 && width != 4)
		return STATUS_INVALID;
	if (port < range->first || width > range->count || port - range->first > range->count - width)
		return STATUS_OUT_OF_RANGE;
	return STATUS_OK;
}

struct call_result kcall_ioport_read(struct thread *self, handle_t range, uint32_t port, uint32_t width)
{
	status_code_t status;
	const struct ioport_range *ports = LOOKUP(ioport_range, self, range, KIND_IOPORT, RIGHT_READ,
						  &status);
	if (!ports)
		return call_error(status);
	status = ioport_check(ports, port, width);
	if (status)
		return call_error(status);
	switch (width) {
	case 1: return call_ok(port_read8((uint16_t)port));
	case 2: return call_ok(port_read16((uint16_t)port));
	default: return call_ok(port_read32((uint16_t)port));
	}
}

struct call_result kcall_ioport_write(struct thread *self, handle_t range, uint32_t port, uint32_t width,
				      uint32_t value)
{
	status_code_t status;
	const struct ioport_range *ports = LOOKUP(ioport_range, self, range, KIND_IOPORT, RIGHT_WRITE,
						  &status);
	if (!ports)
		return call_error(status);
	status = ioport_check(ports, port, width);
	if (status)
		return call_error(status);
	switch (width) {
	case 1: port_write8((uint16_t)port, (uint8_t)value); break;
	case 2: port_write16((uint16_t)port, (uint16_t)value); break;
	default: port_write32((uint16_t)port, value); break;
	}
	return call_ok(0);
}

struct call_result kcall_physical_carve(struct thread *self, handle_t range, uint64_t base, uint64_t bytes)
{
	status_code_t status;
	struct physical_range *source = LOOKUP(physical_range, self, range, KIND_PHYSICAL, RIGHT_MANAGE,
					       &status);
	if (!source)
		return call_error(status);
	status = physical_range_contains(source, base, bytes);
	if (status)
		return call_error(status);
	return call_created(self, physical_range_create(base, bytes, source->object.account));
}
