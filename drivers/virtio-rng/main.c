/* SPDX-License-Identifier: MIT */
/*
 * virtio-rng: random bytes of the host, for the entropy protocol. Rights: those of virtio/device.h, and "endpoint".
 *
 * One request is with the device at a time. Its answer goes from DMA memory into a stock in the driver's own memory, out of
 * which readers are served, each byte once; when the stock is empty the device is asked again. Nothing survives the driver's
 * end.
 */
#include <string.h>
#include "entropy_protocol.h"
#include "runtime/bootstrap.h"
#include "runtime/clock_page.h"
#include "runtime/driver.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "virtio/device.h"

#define QUEUE_SIZE 8
#define BUFFER_OFFSET PAGE_SIZE /* the queue lies in the first page of DMA memory, the buffer in the second */
#define FIRST_WAIT_NS 50000000ull

struct entropy_context {
	struct virtio_device device;
	struct virtio_queue queue;
	struct virtio_memory memory;
	handle_t client; /* HANDLE_NONE: nobody opened */
	bool failed;
	uint8_t stock[ENTROPY_DATA_MAX];
	uint32_t stock_bytes;
};

static void fail(struct entropy_context *context, status_code_t status)
{
	log_error("the device is not used any more: %s", status_name(status));
	context->failed = true;
	virtio_device_stop(&context->device);
}

static void ask(struct entropy_context *context)
{
	const struct virtio_piece piece = { context->memory.physical + BUFFER_OFFSET, ENTROPY_DATA_MAX };
	status_code_t status;

	if (context->failed || context->stock_bytes != 0 || context->queue.in_flight != 0)
		return;
	status = virtio_queue_add(&context->queue, &piece, 1, 0, 0);
	if (status != STATUS_OK)
		fail(context, status);
	else
		virtio_device_notify(&context->queue);
}

/* Takes the device's answer, if there is one. The length was checked against what was asked for. */
static void collect(struct entropy_context *context)
{
	uint8_t *buffer = context->memory.bytes + BUFFER_OFFSET;
	uint32_t cookie, bytes;
	status_code_t status;

	if (context->failed)
		return;
	status = virtio_queue_take(&context->queue, &cookie, &bytes);
	if (status == STATUS_OK && bytes == 0)
		status = STATUS_CORRUPT;
	if (status == STATUS_CORRUPT)
		fail(context, status);
	if (status != STATUS_OK)
		return;
	memcpy(context->stock, buffer, bytes);
	memset(buffer, 0, bytes);
	context->stock_bytes = bytes;
	if (context->client.value != 0)
		(void)k_notification_signal(context->client, ENTROPY_EVENT_READABLE);
	ask(context);
}

status_t entropy_on_open(struct entropy_context *context, uint64_t badge,
			 const struct entropy_open_request *request)
{
	(void)badge;
	if (context->client.value != 0)
		(void)k_handle_close(context->client);
	context->client = request->events;
	if (context->stock_bytes != 0)
		(void)k_notification_signal(context->client, ENTROPY_EVENT_READABLE);
	return STATUS_OK;
}

/* From the end of the stock, which is wiped. */
status_t entropy_on_read(struct entropy_context *context, uint64_t badge,
			 const struct entropy_read_request *request, struct entropy_read_reply *reply)
{
	uint32_t bytes = request->max < ENTROPY_DATA_MAX ? request->max : ENTROPY_DATA_MAX;

	(void)badge;
	if (bytes == 0)
		return STATUS_INVALID;
	collect(context);
	if (context->stock_bytes == 0)
		return context->failed ? STATUS_IO_ERROR : STATUS_PENDING;
	bytes = bytes < context->stock_bytes ? bytes : context->stock_bytes;
	context->stock_bytes -= bytes;
	memcpy(reply->data, context->stock + context->stock_bytes, bytes);
	memset(context->stock + context->stock_bytes, 0, bytes);
	reply->data_bytes = bytes;
	ask(context);
	return STATUS_OK;
}

/* So that the first reader, who makes keys of it, finds something. */
static void wait_for_first(struct entropy_context *context)
{
	uint64_t end = clock_page_monotonic_ns() + FIRST_WAIT_NS;
	struct message message;

	collect(context);
	while (context->stock_bytes == 0 && !context->failed && clock_page_monotonic_ns() < end) {
		status_code_t status = ipc_receive(HANDLE_NONE, bootstrap_handle("events"), end, &message);
		if (status != STATUS_OK && status != STATUS_TIMED_OUT)
			return;
		virtio_device_acknowledge(&context->device);
		collect(context);
	}
}

static status_t start(void *context)
{
	struct entropy_context *self = context;
	status_code_t status = virtio_memory_map(&self->memory);

	if (status == STATUS_OK && self->memory.length < BUFFER_OFFSET + ENTROPY_DATA_MAX)
		status = STATUS_TOO_BIG;
	if (status == STATUS_OK)
		status = virtio_device_start(&self->device, 0);
	if (status == STATUS_OK)
		status = virtio_device_add_queue(&self->device, &self->queue, 0, QUEUE_SIZE, &self->memory,
						 0);
	if (status != STATUS_OK)
		return status;
	virtio_device_run(&self->device);
	ask(self);
	wait_for_first(self);
	log_info("virtio entropy device, %s, %u bytes in stock",
		 self->device.msix != NULL ? "MSI-X" : "polled", self->stock_bytes);
	return STATUS_OK;
}

static void serve(void *context, struct server_call *call)
{
	entropy_dispatch(context, call);
}

static void interrupt(void *context, uint64_t bits)
{
	struct entropy_context *self = context;

	(void)bits;
	virtio_device_acknowledge(&self->device);
	collect(self);
}

int main(void)
{
	static const struct driver driver = { .start = start, .serve = serve, .interrupt = interrupt };
	static struct entropy_context entropy;

	return driver_run(&driver, &entropy);
}
