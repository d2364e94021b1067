/* SPDX-License-Identifier: MIT */
/*
 * layout: where a virtio device keeps its registers, read from a copy of its PCI configuration space (virtio 1.1, chapter
 * 4.1.4). Pure. What the device says is not trusted: lists are bounded, and each range is checked again against the memory
 * that is really granted when it is mapped.
 */
#ifndef LICHEN_VIRTIO_LAYOUT_H
#define LICHEN_VIRTIO_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/status.h"

#define VIRTIO_CONFIGURATION_BYTES 256u
#define VIRTIO_BARS 6

struct virtio_range {
	uint8_t bar;
	uint32_t offset, bytes; /* bytes 0: not there */
};

struct virtio_layout {
	struct virtio_range common, notify, device;
	uint32_t notify_multiplier;
	struct virtio_range msix; /* its table */
};

/* NOT_SUPPORTED: no device of virtio 1; CORRUPT: capabilities that make no sense. */
status_t virtio_layout_read(const uint8_t configuration[VIRTIO_CONFIGURATION_BYTES],
			    struct virtio_layout *layout);

#endif
