/* SPDX-License-Identifier: MIT */
/*
 * device: a virtio 1 device on PCI (virtio 1.1, chapters 3.1 and 4.1). Rights of a driver that uses this: what the manifest's
 * `pci` gives ("pci.configuration", "pci.bar.N", "irq", "events") and `dma` ("dma").
 *
 * Order: virtio_device_start, virtio_device_add_queue for each queue, virtio_device_run. Without MSI-X there is no interrupt,
 * and the driver has to look for answers itself.
 */
#ifndef LICHEN_VIRTIO_DEVICE_H
#define LICHEN_VIRTIO_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/status.h"
#include "abi/types.h"
#include "layout.h"
#include "queue.h"

struct virtio_device {
	struct virtio_layout layout;
	volatile uint8_t *common, *notify, *settings; /* settings: NULL when the device has none */
	volatile uint8_t *msix;                       /* NULL: no interrupt */
	handle_t irq;
	uint64_t features; /* in force */
	struct {
		volatile uint8_t *memory;
		uint64_t bytes;
	} bars[VIRTIO_BARS];
};

/* Memory of the right "dma". */
struct virtio_memory {
	uint8_t *bytes;
	uint64_t physical, length;
};

/* Maps the DMA memory. */
status_t virtio_memory_map(struct virtio_memory *memory);

/* Resets the device and agrees on those of `features` that it offers. NOT_SUPPORTED, CORRUPT, IO_ERROR: it does not reset. */
status_t virtio_device_start(struct virtio_device *device, uint64_t features);
/* Starts a queue of at most `size` descriptors in zeroed DMA memory at an offset. NOT_FOUND: the device has no such queue. */
status_t virtio_device_add_queue(struct virtio_device *device, struct virtio_queue *queue, uint16_t index,
				 uint16_t size, const struct virtio_memory *memory, uint64_t offset);
void virtio_device_run(struct virtio_device *device);
/* Tells the device of new requests, if it wants to know. */
void virtio_device_notify(const struct virtio_queue *queue);
/* Ready for the next interrupt. */
void virtio_device_acknowledge(const struct virtio_device *device);
/* Resets it for good: a queue broke. */
void virtio_device_stop(struct virtio_device *device);

#endif
