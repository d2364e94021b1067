/* SPDX-License-Identifier: MIT */
/*
 * Ranges of I/O ports and of physical memory (device.h).
 */
#include "arch/x86_64/boot.h"
#include "device/device.h"

#define RANGE_RAM 1u
#define LOW_MEMORY_END 0x100000ull /* never given out as frames: firmware tables and VGA lie there */

struct ioport_range *ioport_range_create(uint32_t first, uint32_t count, struct account *account)
{
	struct ioport_range *range = object_allocate(KIND_IOPORT, sizeof(*range), account);
	if (!range)
		return NULL;
	range->first = first;
	range->count = count;
	return range;
}

struct physical_range *physical_range_create(uint64_t base, uint64_t bytes, struct account *account)
{
	struct physical_range *range = object_allocate(KIND_PHYSICAL, sizeof(*range), account);
	if (!range)
		return NULL;
	range->base = base;
	range->bytes = bytes;
	return range;
}

void ioport_destroy(struct object *object)
{
	object_free(object, sizeof(struct ioport_range));
}

void physical_destroy(struct object *object)
{
	object_free(object, sizeof(struct physical_range));
}

static bool holds_ram(uint64_t base, uint64_t bytes)
{
	uint64_t end = base + bytes;
	for (uint32_t i = 0; i < boot_info->range_count; i++) {
		const struct boot_range *range = &boot_info->ranges[i];
		uint64_t range_end = range->base + range->length;
		uint64_t first = range->base > LOW_MEMORY_END ? range->base : LOW_MEMORY_END;
		if (range->kind == RANGE_RAM && base < range_end && end > first)
			return true;
	}
	return false;
}

status_t physical_range_contains(const struct physical_range *range, uint64_t base, uint64_t bytes)
{
	if ((base | bytes) % PAGE_SIZE || !bytes)
		return STATUS_INVALID;
	if (base < range->base || bytes > range->bytes || base - range->base > range->bytes - bytes)
		return STATUS_OUT_OF_RANGE;
	return STATUS_OK;
}

status_t physical_range_check(const struct physical_range *range, uint64_t base, uint64_t bytes)
{
	status_code_t status = physical_range_contains(range, base, bytes);
	if (!status && holds_ram(base, bytes))
		status = STATUS_DENIED;
	return status;
}
