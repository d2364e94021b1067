/* SPDX-License-Identifier: MIT */
/*
 * device: see device.h. Offsets are those of struct virtio_pci_common_cfg in the specification.
 */
#include "device.h"

#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define COMMON_DEVICE_FEATURE_SELECT 0
#define COMMON_DEVICE_FEATURE 4
#define COMMON_DRIVER_FEATURE_SELECT 8
#define COMMON_DRIVER_FEATURE 12
#define COMMON_QUEUES 18
#define COMMON_STATUS 20
#define COMMON_QUEUE_SELECT 22
#define COMMON_QUEUE_SIZE 24
#define COMMON_QUEUE_VECTOR 26
#define COMMON_QUEUE_ENABLE 28
#define COMMON_QUEUE_NOTIFY 30
#define COMMON_QUEUE_DESCRIPTORS 32
#define COMMON_QUEUE_AVAILABLE 40
#define COMMON_QUEUE_USED 48

#define STATUS_ACKNOWLEDGE 1u
#define STATUS_DRIVER 2u
#define STATUS_DRIVER_OK 4u
#define STATUS_FEATURES_OK 8u
#define STATUS_FAILED 128u

#define FEATURE_VERSION_1 (1ull << 32)
#define RESET_READS 100000
#define QUEUE_VECTOR 0
#define NO_VECTOR 0xffffu
#define MSIX_ENTRY_BYTES 16u

static void put8(volatile uint8_t *place, uint8_t value)
{
	*place = value;
}

static void put16(volatile uint8_t *place, uint16_t value)
{
	*(volatile uint16_t *)(volatile void *)place = value;
}

static void put32(volatile uint8_t *place, uint32_t value)
{
	*(volatile uint32_t *)(volatile void *)place = value;
}

static void put64(volatile uint8_t *place, uint64_t value)
{
	put32(place, (uint32_t)value);
	put32(place + 4, (uint32_t)(value >> 32));
}

static uint16_t get16(const volatile uint8_t *place)
{
	return *(const volatile uint16_t *)(const volatile void *)place;
}

static uint32_t get32(const volatile uint8_t *place)
{
	return *(const volatile uint32_t *)(const volatile void *)place;
}

static status_t map(handle_t object, uint64_t bytes, void **address)
{
	struct map_request request = {
		.object = object,
		.length = bytes,
		.prot = PROT_BIT_READ | PROT_BIT_WRITE,
		.flags = MAP_FLAG_SHARED,
	};
	struct call_result result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));

	*address = (void *)result.value;
	return call_status(result);
}

/* What handle_info tells of a granted handle. */
static status_t describe(handle_t handle, enum object_kind kind, struct handle_info *info)
{
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, handle.value & HANDLE_INDEX_MASK,
						  own_address(info));

	if (handle.value == 0 || result.status < 0 || info->handle != handle.value || info->kind != kind)
		return STATUS_NOT_FOUND;
	return STATUS_OK;
}

/* The registers of one base address register, mapped when first asked for. */
static status_t map_bar(struct virtio_device *device, uint8_t bar)
{
	char name[] = "pci.bar.0";
	struct handle_info info;
	struct call_result made;
	status_code_t status;
	void *address;

	if (device->bars[bar].memory != NULL)
		return STATUS_OK;
	name[sizeof name - 2] = (char)('0' + bar);
	handle_t range = bootstrap_handle(name);
	status = describe(range, KIND_PHYSICAL, &info);
	if (status != STATUS_OK)
		return status;
	made = k_object_create_physical(range, info.detail[0], info.detail[1] / PAGE_SIZE, 1);
	if (made.status < 0)
		return call_status(made);
	status = map(call_handle(made), info.detail[1], &address);
	(void)k_handle_close(call_handle(made));
	if (status != STATUS_OK)
		return status;
	device->bars[bar].memory = address;
	device->bars[bar].bytes = info.detail[1];
	return STATUS_OK;
}

static status_t map_range(struct virtio_device *device, const struct virtio_range *range,
			  volatile uint8_t **place)
{
	status_code_t status = map_bar(device, range->bar);

	if (status != STATUS_OK)
		return status;
	if ((uint64_t)range->offset + range->bytes > device->bars[range->bar].bytes || range->offset % 4 != 0)
		return STATUS_CORRUPT;
	*place = device->bars[range->bar].memory + range->offset;
	return STATUS_OK;
}

static status_t map_registers(struct virtio_device *device)
{
	uint8_t configuration[VIRTIO_CONFIGURATION_BYTES];
	struct call_result result = k_object_read(bootstrap_handle("pci.configuration"), 0,
						  own_address(configuration), sizeof configuration);
	status_code_t status = call_status(result);

	if (status == STATUS_OK && result.value != sizeof configuration)
		status = STATUS_CORRUPT;
	if (status == STATUS_OK)
		status = virtio_layout_read(configuration, &device->layout);
	if (status == STATUS_OK)
		status = map_range(device, &device->layout.common, &device->common);
	if (status == STATUS_OK)
		status = map_range(device, &device->layout.notify, &device->notify);
	if (status == STATUS_OK && device->layout.device.bytes != 0)
		status = map_range(device, &device->layout.device, &device->settings);
	device->irq = bootstrap_handle("irq");
	if (status == STATUS_OK && device->layout.msix.bytes != 0 && device->irq.value != 0)
		status = map_range(device, &device->layout.msix, &device->msix);
	return status;
}

static bool reset(const struct virtio_device *device)
{
	put8(device->common + COMMON_STATUS, 0);
	for (int i = 0; i < RESET_READS; i++) {
		if (device->common[COMMON_STATUS] == 0)
			return true;
	}
	return false;
}

static void add_status(const struct virtio_device *device, uint8_t bits)
{
	put8(device->common + COMMON_STATUS, device->common[COMMON_STATUS] | bits);
}

static uint64_t offered_features(const struct virtio_device *device)
{
	uint64_t features;

	put32(device->common + COMMON_DEVICE_FEATURE_SELECT, 0);
	features = get32(device->common + COMMON_DEVICE_FEATURE);
	put32(device->common + COMMON_DEVICE_FEATURE_SELECT, 1);
	return features | (uint64_t)get32(device->common + COMMON_DEVICE_FEATURE) << 32;
}

static status_t agree(struct virtio_device *device, uint64_t wanted)
{
	uint64_t features = offered_features(device) & (wanted | FEATURE_VERSION_1);

	if (!(features & FEATURE_VERSION_1))
		return STATUS_NOT_SUPPORTED;
	put32(device->common + COMMON_DRIVER_FEATURE_SELECT, 0);
	put32(device->common + COMMON_DRIVER_FEATURE, (uint32_t)features);
	put32(device->common + COMMON_DRIVER_FEATURE_SELECT, 1);
	put32(device->common + COMMON_DRIVER_FEATURE, (uint32_t)(features >> 32));
	add_status(device, STATUS_FEATURES_OK);
	device->features = features;
	return device->common[COMMON_STATUS] & STATUS_FEATURES_OK ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

/* All queues share the first entry of the table. */
static status_t set_vector(struct virtio_device *device)
{
	struct irq_message message;
	volatile uint8_t *entry = device->msix + QUEUE_VECTOR * MSIX_ENTRY_BYTES;
	status_code_t status = call_status(k_irq_message(device->irq, own_address(&message)));

	if (status != STATUS_OK)
		return status;
	put64(entry, message.address);
	put32(entry + 8, message.data);
	put32(entry + 12, 0);
	return call_status(k_irq_acknowledge(device->irq));
}

status_t virtio_device_start(struct virtio_device *device, uint64_t features)
{
	status_code_t status;

	*device = (struct virtio_device){ 0 };
	status = map_registers(device);
	if (status != STATUS_OK)
		return status;
	if (!reset(device))
		return STATUS_IO_ERROR;
	add_status(device, STATUS_ACKNOWLEDGE);
	add_status(device, STATUS_DRIVER);
	status = agree(device, features);
	if (status == STATUS_OK && device->msix != NULL)
		status = set_vector(device);
	if (status != STATUS_OK)
		add_status(device, STATUS_FAILED);
	return status;
}

/* The queue's doorbell, if it lies where the device's doorbells are. */
static status_t find_doorbell(const struct virtio_device *device, struct virtio_queue *queue)
{
	uint64_t offset = (uint64_t)get16(device->common + COMMON_QUEUE_NOTIFY) *
			  device->layout.notify_multiplier;

	if (offset % 2 != 0 || offset + 2 > device->layout.notify.bytes)
		return STATUS_CORRUPT;
	queue->doorbell = device->notify + offset;
	return STATUS_OK;
}

static void write_addresses(const struct virtio_device *device, const struct virtio_queue *queue)
{
	volatile uint8_t *common = device->common;

	put16(common + COMMON_QUEUE_SIZE, queue->size);
	put64(common + COMMON_QUEUE_DESCRIPTORS, queue->physical);
	put64(common + COMMON_QUEUE_AVAILABLE, queue->physical + virtio_queue_available_offset(queue->size));
	put64(common + COMMON_QUEUE_USED, queue->physical + virtio_queue_used_offset(queue->size));
}

status_t virtio_device_add_queue(struct virtio_device *device, struct virtio_queue *queue, uint16_t index,
				 uint16_t size, const struct virtio_memory *memory, uint64_t offset)
{
	status_code_t status;
	uint16_t offered;

	if (index >= get16(device->common + COMMON_QUEUES))
		return STATUS_NOT_FOUND;
	put16(device->common + COMMON_QUEUE_SELECT, index);
	offered = get16(device->common + COMMON_QUEUE_SIZE);
	size = offered < size ? offered : size;
	if (offset > memory->length || virtio_queue_bytes(size) > memory->length - offset)
		return STATUS_TOO_BIG;
	status = virtio_queue_start(queue, memory->bytes + offset, memory->physical + offset, size);
	if (status == STATUS_OK)
		status = find_doorbell(device, queue);
	if (status != STATUS_OK)
		return status;
	queue->index = index;
	write_addresses(device, queue);
	put16(device->common + COMMON_QUEUE_VECTOR, device->msix != NULL ? QUEUE_VECTOR : NO_VECTOR);
	if (device->msix != NULL && get16(device->common + COMMON_QUEUE_VECTOR) != QUEUE_VECTOR)
		return STATUS_NOT_SUPPORTED;
	put16(device->common + COMMON_QUEUE_ENABLE, 1);
	return STATUS_OK;
}

void virtio_device_run(struct virtio_device *device)
{
	add_status(device, STATUS_DRIVER_OK);
}

void virtio_device_notify(const struct virtio_queue *queue)
{
	if (virtio_queue_wants_notice(queue))
		put16(queue->doorbell, queue->index);
}

void virtio_device_acknowledge(const struct virtio_device *device)
{
	if (device->msix != NULL)
		(void)k_irq_acknowledge(device->irq);
}

void virtio_device_stop(struct virtio_device *device)
{
	if (!reset(device))
		log_error("the device cannot be reset");
}

status_t virtio_memory_map(struct virtio_memory *memory)
{
	handle_t object = bootstrap_handle("dma");
	struct object_info info;
	status_code_t status = call_status(k_object_info(object, own_address(&info)));
	struct call_result result;
	void *address;

	if (status != STATUS_OK)
		return status;
	result = k_object_physical(object, 0);
	if (result.status < 0)
		return call_status(result);
	memory->physical = result.value;
	memory->length = info.pages * PAGE_SIZE;
	status = map(object, memory->length, &address);
	memory->bytes = address;
	return status;
}
