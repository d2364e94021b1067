/* SPDX-License-Identifier: MIT */
/*
 * keyboard: driver of a PS/2 keyboard: strokes for one client (servers/protocol/keyboard.lua). Rights: ports "data" (0x60)
 * and "command" (0x64), "irq" and "events", "endpoint". Strokes that nobody reads are dropped, the newest first; nothing
 * survives the driver's end.
 */
#include "controller.h"
#include "layout.h"
#include "runtime/bootstrap.h"
#include "runtime/driver.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define INTERRUPT_BYTES 256 /* read at most, before others get their turn */

struct keyboard_context {
	struct controller controller;
	struct scancode_decoder decoder;
	struct layout layout;
	handle_t irq;
	handle_t client;     /* HANDLE_NONE: not opened */
	uint32_t head, tail; /* strokes ever put and taken */
	struct keyboard_stroke strokes[KEYBOARD_STROKES_MAX];
};

static void tell_client(struct keyboard_context *context)
{
	if (context->client.value != 0 && context->head != context->tail)
		(void)k_notification_signal(context->client, KEYBOARD_EVENT_READABLE);
}

status_t keyboard_on_open(struct keyboard_context *context, uint64_t badge,
			  const struct keyboard_open_request *request)
{
	(void)badge;
	if (context->client.value != 0)
		(void)k_handle_close(context->client);
	context->client = request->events;
	tell_client(context);
	return STATUS_OK;
}

status_t keyboard_on_read(struct keyboard_context *context, uint64_t badge,
			  const struct keyboard_read_request *request, struct keyboard_read_reply *reply)
{
	(void)badge;
	(void)request;
	while (context->tail != context->head)
		reply->strokes[reply->strokes_count++] =
			context->strokes[context->tail++ % KEYBOARD_STROKES_MAX];
	return STATUS_OK;
}

static void take_byte(struct keyboard_context *context, uint8_t byte)
{
	struct scancode_event event;
	struct keyboard_stroke stroke;

	if (!scancode_take(&context->decoder, byte, &event))
		return;
	if (layout_take(&context->layout, event, &stroke) &&
	    context->head - context->tail < KEYBOARD_STROKES_MAX)
		context->strokes[context->head++ % KEYBOARD_STROKES_MAX] = stroke;
	controller_set_leds(&context->controller, layout_leds(&context->layout));
}

static void interrupt(void *context, uint64_t bits)
{
	struct keyboard_context *self = context;
	uint32_t before = self->head;
	uint8_t byte;

	(void)bits;
	for (int i = 0; i < INTERRUPT_BYTES && controller_read(&self->controller, &byte); i++)
		take_byte(self, byte);
	(void)k_irq_acknowledge(self->irq);
	if (self->head != before)
		tell_client(self);
}

static status_t start(void *context)
{
	struct keyboard_context *self = context;
	status_code_t status = controller_start(&self->controller, bootstrap_handle("data"),
						bootstrap_handle("command"));

	if (status != STATUS_OK)
		return status;
	self->irq = bootstrap_handle("irq");
	scancode_start(&self->decoder, !self->controller.translates);
	status = call_status(k_irq_acknowledge(self->irq));
	/* What came while the line was masked raised no interrupt, and nothing further would until it is read. */
	interrupt(self, 0);
	if (status == STATUS_OK)
		log_info("PS/2 keyboard, scan code set %d, US layout", self->controller.translates ? 1 : 2);
	return status;
}

static void serve(void *context, struct server_call *call)
{
	keyboard_dispatch(context, call);
}

int main(void)
{
	static const struct driver driver = { .start = start, .serve = serve, .interrupt = interrupt };
	static struct keyboard_context keyboard;

	return driver_run(&driver, &keyboard);
}
