/* SPDX-License-Identifier: MIT */
/*
 * Tests of device objects: an interrupt's states, ranges and what may be mapped.
 */
#include "arch/x86_64/apic.h"
#include "arch/x86_64/cpu.h"
#include "device/device.h"
#include "ipc/endpoint.h"
#include "object/object.h"
#include "test/test.h"

#define EDGE_LINE 4u   /* ISA: the first serial port */
#define LEVEL_LINE 20u /* PCI */

static struct irq *bound_irq(uint32_t line, struct notification *notification)
{
	status_code_t status = STATUS_OK;
	struct irq *irq = irq_create(line, &root_account, &status);
	if (irq)
		irq_bind(irq, notification, 8);
	return irq;
}

static uint64_t take(struct notification *notification)
{
	uint64_t bits = notification->bits;
	notification->bits = 0;
	return bits;
}

/* Before the first acknowledgement nothing is signalled; an edge then is remembered. */
KERNEL_TEST(device_irq_edge)
{
	struct notification *told = notification_create(&root_account);
	struct irq *irq = told ? bound_irq(EDGE_LINE, told) : NULL;
	TEST_CHECK(irq && !irq->level);
	irq_interrupt(irq->vector);
	bool early = take(told);
	irq_acknowledge(irq);
	bool remembered = take(told);
	irq_acknowledge(irq);
	irq_interrupt(irq->vector);
	bool fired = take(told);
	irq_interrupt(irq->vector);
	bool twice = take(told);
	object_put(&irq->object);
	object_put(&told->object);
	TEST_CHECK(!early && remembered && fired && !twice);
}

KERNEL_TEST(device_irq_level)
{
	struct notification *told = notification_create(&root_account);
	struct irq *irq = told ? bound_irq(LEVEL_LINE, told) : NULL;
	TEST_CHECK(irq && irq->level);
	irq_acknowledge(irq);
	irq_interrupt(irq->vector);
	bool fired = take(told);
	irq_interrupt(irq->vector);
	irq_acknowledge(irq);
	bool again = take(told);
	object_put(&irq->object);
	object_put(&told->object);
	TEST_CHECK(fired && !again);
}

KERNEL_TEST(device_irq_lines)
{
	status_code_t status = STATUS_OK;
	TEST_CHECK(!irq_create(200, &root_account, &status) && status == STATUS_NOT_FOUND);
	status = STATUS_OK;
	struct irq *first = irq_create(EDGE_LINE, &root_account, &status);
	TEST_CHECK(first);
	bool taken = !irq_create(EDGE_LINE, &root_account, &status) && status == STATUS_EXISTS;
	status = STATUS_OK;
	struct irq *one = irq_create(IRQ_LINE_MSI, &root_account, &status);
	struct irq *two = irq_create(IRQ_LINE_MSI, &root_account, &status);
	TEST_CHECK(one && two);
	bool apart = one->vector != two->vector && one->vector >= VECTOR_FIRST_DEVICE;
	object_put(&first->object);
	object_put(&one->object);
	object_put(&two->object);
	TEST_CHECK(taken && apart);
}

KERNEL_TEST(device_physical_check)
{
	struct device_range range = { .first = 0, .count = 1ull << 52 };
	struct device_range apic = { .first = 0xfee00000, .count = PAGE_SIZE };
	TEST_CHECK(device_range_mappable(&range, 0xfee00000, PAGE_SIZE) == STATUS_OK);
	TEST_CHECK(device_range_mappable(&range, 0xb8000, PAGE_SIZE) == STATUS_OK);
	TEST_CHECK(device_range_mappable(&range, 0x100000, PAGE_SIZE) == STATUS_DENIED);
	TEST_CHECK(device_range_mappable(&range, 0xff000, 2 * PAGE_SIZE) == STATUS_DENIED);
	TEST_CHECK(device_range_mappable(&range, 0x100, PAGE_SIZE) == STATUS_INVALID);
	TEST_CHECK(device_range_mappable(&range, 0, 0) == STATUS_INVALID);
	TEST_CHECK(device_range_mappable(&range, 0x1000, UINT64_MAX & ~0xfffull) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(device_range_mappable(&apic, 0xfee00000, 2 * PAGE_SIZE) == STATUS_OUT_OF_RANGE);
	TEST_CHECK(device_range_mappable(&apic, 0xfedff000, PAGE_SIZE) == STATUS_OUT_OF_RANGE);
}
