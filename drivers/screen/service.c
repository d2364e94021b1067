/* SPDX-License-Identifier: MIT */
/*
 * service: see service.h. A screen has no line: settings are kept and answered, and mean nothing.
 */
#include "service.h"

#include <assert.h>

#include "runtime/clock_page.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define LINE_BAUD_MAX 4000000u

static_assert(CONSOLE_DATA_MAX <= TERMINAL_WRITE_MAX, "a message's text goes to the terminal in one piece");

static void tell(const struct console_context *context, uint64_t events)
{
	if (events != 0 && context->client.value != 0)
		(void)k_notification_signal(context->client, events);
}

/* Tells the client when there is input that was not there at `before`. */
static void tell_input(struct console_context *context, uint32_t before)
{
	uint32_t now = context->terminal.input.head;

	context->received += now - before;
	if (now != before)
		tell(context, CONSOLE_EVENT_READABLE);
}

void screen_open_keyboard(struct console_context *context)
{
	struct keyboard_open_request request;
	struct call_result made;
	status_code_t status = STATUS_NOT_FOUND;

	made = k_handle_copy(context->keyboard_events, RIGHT_WRITE | RIGHT_TRANSFER, 0);
	if (context->keyboard.value != 0 && made.status >= 0) {
		request.events = call_handle(made);
		status = keyboard_open(context->keyboard, &request);
	}
	if (status == STATUS_OK)
		return;
	log_warning("no keyboard: %s", status_name(status));
	context->keyboard = HANDLE_NONE;
}

void screen_read_strokes(struct console_context *context)
{
	uint32_t before = context->terminal.input.head;
	struct keyboard_read_request request;
	struct keyboard_read_reply reply;

	if (context->keyboard.value == 0)
		return;
	do {
		request.request_id = ++context->stroke_request;
		status_code_t status = keyboard_read(context->keyboard, &request, &reply);
		if (status != STATUS_OK) {
			log_warning("the keyboard fails: %s", status_name(status));
			context->keyboard = HANDLE_NONE;
			break;
		}
		for (uint32_t i = 0; i < reply.strokes_count; i++)
			terminal_press(&context->terminal, &reply.strokes[i]);
	} while (reply.strokes_count != 0);
	tell_input(context, before);
}

void screen_update(struct console_context *context)
{
	uint64_t now = clock_page_monotonic_ns();

	context->loop.deadline_ns = DEADLINE_NEVER;
	if (!terminal_is_stale(&context->terminal))
		return;
	if (now < context->drawn_ns + SCREEN_FRAME_NS) {
		context->loop.deadline_ns = context->drawn_ns + SCREEN_FRAME_NS;
		return;
	}
	terminal_render(&context->terminal);
	context->drawn_ns = clock_page_monotonic_ns();
}

status_t console_on_open(struct console_context *context, uint64_t badge,
			 const struct console_open_request *request, struct console_open_reply *reply)
{
	(void)badge;
	if (context->client.value != 0)
		(void)k_handle_close(context->client);
	context->client = request->events;
	context->last_write = 0;
	reply->line = context->line;
	tell(context, (ring_used(&context->terminal.input) != 0 ? CONSOLE_EVENT_READABLE : 0) |
			      (context->paused ? 0 : CONSOLE_EVENT_WRITABLE));
	return STATUS_OK;
}

status_t console_on_read(struct console_context *context, uint64_t badge,
			 const struct console_read_request *request, struct console_read_reply *reply)
{
	uint32_t max = request->max < CONSOLE_DATA_MAX ? request->max : CONSOLE_DATA_MAX;

	(void)badge;
	reply->data_bytes = ring_take(&context->terminal.input, reply->data, max);
	return STATUS_OK;
}

status_t console_on_write(struct console_context *context, uint64_t badge,
			  const struct console_write_request *request, struct console_write_reply *reply)
{
	uint32_t before = context->terminal.input.head;

	(void)badge;
	if (request->request_id != 0 && request->request_id == context->last_write) {
		reply->taken = context->last_taken;
		return STATUS_OK;
	}
	reply->taken = context->paused ? 0 : request->data_bytes;
	context->last_write = request->request_id;
	context->last_taken = reply->taken;
	context->wants_room |= context->paused;
	context->sent += reply->taken;
	if (reply->taken != 0)
		terminal_write(&context->terminal, request->data, reply->taken);
	tell_input(context, before);
	return STATUS_OK;
}

status_t console_on_set_line(struct console_context *context, uint64_t badge,
			     const struct console_set_line_request *request,
			     struct console_set_line_reply *reply)
{
	const struct console_line *line = &request->line;

	(void)badge;
	if (line->data_bits < 5 || line->data_bits > 8 || line->stop_bits < 1 || line->stop_bits > 2 ||
	    line->baud > LINE_BAUD_MAX)
		return STATUS_INVALID;
	context->line = *line;
	reply->line = *line;
	return STATUS_OK;
}

status_t console_on_get_state(struct console_context *context, uint64_t badge,
			      struct console_get_state_reply *reply)
{
	(void)badge;
	reply->state = (struct console_state){
		.received = context->received,
		.sent = context->sent,
		.modem = CONSOLE_MODEM_CTS | CONSOLE_MODEM_DSR | CONSOLE_MODEM_CARRIER,
		.overruns = context->terminal.lost,
		.input_bytes = ring_used(&context->terminal.input),
	};
	return STATUS_OK;
}

/* Output never waits here; there is only input to drop. */
status_t console_on_flush(struct console_context *context, uint64_t badge,
			  const struct console_flush_request *request)
{
	(void)badge;
	if (request->input)
		ring_clear(&context->terminal.input);
	return STATUS_OK;
}

status_t console_on_drain(struct console_context *context, uint64_t badge)
{
	(void)context;
	(void)badge;
	return STATUS_OK;
}

status_t console_on_pause(struct console_context *context, uint64_t badge,
			  const struct console_pause_request *request)
{
	(void)badge;
	context->paused = request->stopped;
	if (context->paused || !context->wants_room)
		return STATUS_OK;
	context->wants_room = false;
	tell(context, CONSOLE_EVENT_WRITABLE);
	return STATUS_OK;
}

status_t console_on_set_break(struct console_context *context, uint64_t badge,
			      const struct console_set_break_request *request)
{
	(void)context;
	(void)badge;
	(void)request;
	return STATUS_NOT_SUPPORTED;
}

status_t console_on_get_size(struct console_context *context, uint64_t badge,
			     struct console_get_size_reply *reply)
{
	(void)badge;
	reply->columns = context->terminal.display->columns;
	reply->rows = context->terminal.display->rows;
	return STATUS_OK;
}
