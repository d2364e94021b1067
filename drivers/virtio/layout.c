/* SPDX-License-Identifier: MIT */
/*
 * layout: see layout.h. Of several structures of one kind the first is the one that the device prefers.
 */
#include "layout.h"

#include <string.h>

#define OFFSET_STATUS 0x06
#define OFFSET_CAPABILITIES 0x34
#define STATUS_CAPABILITIES 0x10
#define CAPABILITY_FIRST 0x40u
#define CAPABILITIES_MAX 48
#define CAPABILITY_VENDOR 0x09
#define CAPABILITY_MSIX 0x11

#define VIRTIO_BYTES 16u
#define VIRTIO_COMMON 1
#define VIRTIO_NOTIFY 2
#define VIRTIO_DEVICE 4
#define COMMON_BYTES 56u
#define MSIX_BYTES 12u
#define MSIX_ENTRY_BYTES 16u
#define MSIX_ENTRIES 0x7ffu
#define MSIX_BAR 7u

static uint32_t number_at(const uint8_t *bytes, unsigned count)
{
	uint32_t value = 0;

	memcpy(&value, bytes, count);
	return value;
}

static bool is_sane(const struct virtio_range *range)
{
	return range->bar < VIRTIO_BARS && range->bytes != 0 && range->offset <= UINT32_MAX - range->bytes;
}

static void keep_first(struct virtio_range *place, const struct virtio_range *range)
{
	if (place->bytes == 0)
		*place = *range;
}

/* Bytes 3: kind, 4: bar, 8: offset, 12: length, and for the notifications 16: multiplier. */
static status_t read_virtio(const uint8_t *capability, uint32_t left, struct virtio_layout *layout)
{
	struct virtio_range range;

	if (left < VIRTIO_BYTES || capability[2] < VIRTIO_BYTES)
		return STATUS_CORRUPT;
	range = (struct virtio_range){ capability[4], number_at(capability + 8, 4),
				       number_at(capability + 12, 4) };
	if (!is_sane(&range))
		return STATUS_OK;
	switch (capability[3]) {
	case VIRTIO_COMMON: keep_first(&layout->common, &range); break;
	case VIRTIO_DEVICE: keep_first(&layout->device, &range); break;
	case VIRTIO_NOTIFY:
		if (left < VIRTIO_BYTES + 4 || capability[2] < VIRTIO_BYTES + 4)
			return STATUS_CORRUPT;
		if (layout->notify.bytes == 0)
			layout->notify_multiplier = number_at(capability + VIRTIO_BYTES, 4);
		keep_first(&layout->notify, &range);
		break;
	default: break;
	}
	return STATUS_OK;
}

/* Bytes 2: count of entries less one, 4: offset with the bar in its low bits. */
static status_t read_msix(const uint8_t *capability, uint32_t left, struct virtio_layout *layout)
{
	struct virtio_range range;
	uint32_t place;

	if (left < MSIX_BYTES)
		return STATUS_CORRUPT;
	place = number_at(capability + 4, 4);
	range.bar = (uint8_t)(place & MSIX_BAR);
	range.offset = place & ~MSIX_BAR;
	range.bytes = ((number_at(capability + 2, 2) & MSIX_ENTRIES) + 1) * MSIX_ENTRY_BYTES;
	if (is_sane(&range))
		keep_first(&layout->msix, &range);
	return STATUS_OK;
}

static status_t read_capability(const uint8_t *capability, uint32_t left, struct virtio_layout *layout)
{
	if (capability[0] == CAPABILITY_VENDOR)
		return read_virtio(capability, left, layout);
	if (capability[0] == CAPABILITY_MSIX)
		return read_msix(capability, left, layout);
	return STATUS_OK;
}

status_t virtio_layout_read(const uint8_t configuration[VIRTIO_CONFIGURATION_BYTES],
			    struct virtio_layout *layout)
{
	status_code_t status = STATUS_OK;
	uint32_t at = configuration[OFFSET_CAPABILITIES] & 0xfcu;

	memset(layout, 0, sizeof *layout);
	if (!(configuration[OFFSET_STATUS] & STATUS_CAPABILITIES))
		return STATUS_NOT_SUPPORTED;
	for (int i = 0; i < CAPABILITIES_MAX && at >= CAPABILITY_FIRST && status == STATUS_OK; i++) {
		status = read_capability(configuration + at, VIRTIO_CONFIGURATION_BYTES - at, layout);
		at = configuration[at + 1] & 0xfcu;
	}
	if (status != STATUS_OK)
		return status;
	if (layout->common.bytes == 0 || layout->notify.bytes == 0)
		return STATUS_NOT_SUPPORTED;
	return layout->common.bytes < COMMON_BYTES ? STATUS_CORRUPT : STATUS_OK;
}
