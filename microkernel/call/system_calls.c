/* SPDX-License-Identifier: MIT */
/*
 * Calls on devices (interrupts, I/O ports, ranges of physical memory), on the log and the clock, and those that need the
 * system-control object.
 *
 * Text for the log comes from user space: characters that would confuse a terminal are replaced, and a line is marked with
 * the domain that wrote it.
 */
#include "arch/x86_64/apic.h"
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/instructions.h"
#include "call/call.h"
#include "debug/log.h"
#include "device/device.h"

#define MSI_ADDRESS_BASE 0xfee00000u
#define LINE_MAX 1000u
#define READ_PIECE 256u
#define PANIC_TEXT_MAX 200u

enum stop { STOP_RESET = 1, STOP_HALT = 2 };

struct call_result kcall_irq_create(struct thread *self, struct object *system, uint32_t line,
				    struct notification *notification, uint64_t bits)
{
	status_code_t status = STATUS_OK;
	struct irq *irq = irq_create(line, self->domain->account, &status);
	if (!irq)
		return call_error(status);
	irq_bind(irq, notification, bits);
	return call_created(self, irq);
}

struct call_result kcall_irq_bind(struct thread *self, struct irq *irq, struct notification *notification,
				  uint64_t bits)
{
	irq_bind(irq, notification, bits);
	return call_ok(0);
}

struct call_result kcall_irq_acknowledge(struct thread *self, struct irq *irq)
{
	irq_acknowledge(irq);
	return call_ok(0);
}

struct call_result kcall_irq_message(struct thread *self, struct irq *irq, struct irq_message *message)
{
	if (irq->line != IRQ_LINE_MSI)
		return call_error(STATUS_INVALID);
	message->address = MSI_ADDRESS_BASE | (uint64_t)apic_id() << 12;
	message->data = message->vector = irq->vector;
	return call_ok(0);
}

/* A smaller range out of a range. */
static struct call_result carve(struct thread *self, struct device_range *range, uint64_t first,
				uint64_t count)
{
	status_code_t status = device_range_contains(range, first, count);
	if (status)
		return call_error(status);
	return call_created(self,
			    device_range_create(range->object.kind, first, count, range->object.account));
}

struct call_result kcall_ioport_carve(struct thread *self, struct device_range *range, uint32_t first,
				      uint32_t count)
{
	return carve(self, range, first, count);
}

struct call_result kcall_physical_carve(struct thread *self, struct device_range *range, uint64_t base,
					uint64_t bytes)
{
	return carve(self, range, base, bytes);
}

/* Checks of one port access: width, and that all its ports are in the range. */
static status_t ioport_check(const struct device_range *range, uint32_t port, uint32_t width)
{
	bool fits = width == 1 || width == 2 || width == 4;
	return fits ? device_range_contains(range, port, width) : STATUS_INVALID;
}

struct call_result kcall_ioport_read(struct thread *self, struct device_range *range, uint32_t port,
				     uint32_t width)
{
	status_code_t status = ioport_check(range, port, width);
	if (status)
		return call_error(status);
	switch (width) {
	case 1: return call_ok(port_read8((uint16_t)port));
	case 2: return call_ok(port_read16((uint16_t)port));
	default: return call_ok(port_read32((uint16_t)port));
	}
}

struct call_result kcall_ioport_write(struct thread *self, struct device_range *range, uint32_t port,
				      uint32_t width, uint32_t value)
{
	status_code_t status = ioport_check(range, port, width);
	if (status)
		return call_error(status);
	switch (width) {
	case 1: port_write8((uint16_t)port, (uint8_t)value); break;
	case 2: port_write16((uint16_t)port, (uint16_t)value); break;
	default: port_write32((uint16_t)port, value); break;
	}
	return call_ok(0);
}

static void make_printable(char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if ((unsigned char)text[i] < ' ' && text[i] != '\t')
			text[i] = ' ';
}

struct call_result kcall_log_write(struct thread *self, uaddr_t text, uint64_t bytes)
{
	char line[LINE_MAX];
	bytes = least(bytes, LINE_MAX);
	status_code_t status = copy_in(self->domain->aspace, line, text, bytes);
	if (status)
		return call_error(status);
	while (bytes && line[bytes - 1] == '\n')
		bytes--;
	make_printable(line, bytes);
	log_line_of(self->domain->object.id, line, bytes);
	return call_ok(bytes);
}

struct call_result kcall_log_read(struct thread *self, struct object *system, uaddr_t position,
				  uaddr_t buffer, uint64_t bytes)
{
	struct aspace *space = self->domain->aspace;
	uint64_t place, done = 0;
	status_code_t status = copy_in(space, &place, position, sizeof(place));
	while (!status && done < bytes) {
		char piece[READ_PIECE];
		size_t length = log_read(&place, piece, least(bytes - done, READ_PIECE));
		if (!length)
			break;
		status = copy_out(space, (uaddr_t){ buffer.value + done }, piece, length);
		done += length;
	}
	if (!status)
		status = copy_out(space, position, &place, sizeof(place));
	return call_answer(status, done);
}

struct call_result kcall_log_claim_serial(struct thread *self, struct object *system)
{
	log_serial_claimed(true);
	return call_ok(0);
}

struct call_result kcall_clock_set_realtime(struct thread *self, struct object *system, int64_t offset_ns)
{
	clock_set_realtime_offset(offset_ns);
	return call_ok(0);
}

struct call_result kcall_clock_read(struct thread *self)
{
	return call_ok(clock_now_ns());
}

struct call_result kcall_system_info(struct thread *self, struct object *system, struct system_info *info)
{
	struct frame_counts frames = frame_counts();
	info->frames_total = frames.total;
	info->frames_free = frames.free;
	info->frames_kernel = frames.kernel;
	info->uptime_ns = clock_now_ns();
	info->cpus_present = (uint32_t)boot_info->cpu_count;
	info->fpu_bytes = cpu_features.fpu_bytes;
	info->fpu_xsave = cpu_features.xsave;
	info->xcr0 = cpu_features.xcr0;
	info->cpus_running = 1;
	info->idle_ns = boot_cpu.idle_ns;
	info->switches = boot_cpu.switches;
	info->interrupts = boot_cpu.interrupts;
	return call_ok(0);
}

struct call_result kcall_system_panic(struct thread *self, struct object *system, uaddr_t text,
				      uint64_t bytes)
{
	char copy[PANIC_TEXT_MAX + 1];
	size_t length = least(bytes, PANIC_TEXT_MAX);
	status_code_t status = copy_in(self->domain->aspace, copy, text, length);
	if (status)
		return call_error(status);
	copy[length] = '\0';
	panic("%s", copy);
}

struct call_result kcall_system_stop(struct thread *self, struct object *system, uint32_t how)
{
	if (how == STOP_RESET)
		machine_reset();
	if (how == STOP_HALT)
		machine_halt();
	return call_error(STATUS_INVALID);
}
