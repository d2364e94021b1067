/* SPDX-License-Identifier: MIT */
/*
 * service: see service.h. The driver wants nothing to survive its end: a client that hears RESTART opens again.
 */
#include "service.h"

#include "runtime/kernel.h"

#define ROOM_BYTES (RING_BYTES / 2) /* so much free space is worth telling */

void console_tell(struct console_context *context)
{
	struct uart *uart = &context->uart;

	if (context->wants_room && ring_room(&uart->output) >= ROOM_BYTES) {
		context->wants_room = false;
		uart->events |= CONSOLE_EVENT_WRITABLE;
	}
	if (context->wants_drained && uart_is_drained(uart)) {
		context->wants_drained = false;
		uart->events |= CONSOLE_EVENT_DRAINED;
	}
	if (uart->events == 0 || context->client.value == 0)
		return;
	(void)k_notification_signal(context->client, uart->events);
	uart->events = 0;
}

status_t console_on_open(struct console_context *context, uint64_t badge,
			 const struct console_open_request *request, struct console_open_reply *reply)
{
	struct uart *uart = &context->uart;

	(void)badge;
	if (context->client.value != 0)
		(void)k_handle_close(context->client);
	context->client = request->events;
	context->last_write = 0;
	reply->line = uart->line;
	uart->events = ring_used(&uart->input) != 0 ? CONSOLE_EVENT_READABLE : 0;
	uart->events |= ring_room(&uart->output) != 0 ? CONSOLE_EVENT_WRITABLE : 0;
	console_tell(context);
	return STATUS_OK;
}

status_t console_on_read(struct console_context *context, uint64_t badge,
			 const struct console_read_request *request, struct console_read_reply *reply)
{
	uint32_t max = request->max < CONSOLE_DATA_MAX ? request->max : CONSOLE_DATA_MAX;

	(void)badge;
	reply->data_bytes = ring_take(&context->uart.input, reply->data, max);
	uart_input_taken(&context->uart);
	return STATUS_OK;
}

status_t console_on_write(struct console_context *context, uint64_t badge,
			  const struct console_write_request *request, struct console_write_reply *reply)
{
	struct uart *uart = &context->uart;

	(void)badge;
	if (request->request_id != 0 && request->request_id == context->last_write) {
		reply->taken = context->last_taken;
		return STATUS_OK;
	}
	reply->taken = ring_put_all(&uart->output, request->data, request->data_bytes);
	context->last_write = request->request_id;
	context->last_taken = reply->taken;
	context->wants_room |= reply->taken < request->data_bytes;
	uart_kick_output(uart);
	return STATUS_OK;
}

status_t console_on_set_line(struct console_context *context, uint64_t badge,
			     const struct console_set_line_request *request,
			     struct console_set_line_reply *reply)
{
	status_code_t status = uart_set_line(&context->uart, &request->line);

	(void)badge;
	reply->line = context->uart.line;
	uart_kick_output(&context->uart);
	return status;
}

status_t console_on_get_state(struct console_context *context, uint64_t badge,
			      struct console_get_state_reply *reply)
{
	struct uart *uart = &context->uart;

	(void)badge;
	uart_read_modem(uart);
	reply->state = uart->state;
	reply->state.input_bytes = ring_used(&uart->input);
	reply->state.output_bytes = ring_used(&uart->output);
	return STATUS_OK;
}

status_t console_on_flush(struct console_context *context, uint64_t badge,
			  const struct console_flush_request *request)
{
	struct uart *uart = &context->uart;

	(void)badge;
	if (request->input) {
		ring_clear(&uart->input);
		uart_input_taken(uart);
	}
	if (request->output) {
		ring_clear(&uart->output);
		uart_clear_transmit_fifo(uart);
	}
	console_tell(context);
	return STATUS_OK;
}

status_t console_on_drain(struct console_context *context, uint64_t badge)
{
	(void)badge;
	if (uart_is_drained(&context->uart))
		return STATUS_OK;
	context->wants_drained = true;
	return STATUS_PENDING;
}

status_t console_on_pause(struct console_context *context, uint64_t badge,
			  const struct console_pause_request *request)
{
	(void)badge;
	context->uart.paused = request->stopped;
	uart_kick_output(&context->uart);
	return STATUS_OK;
}

status_t console_on_set_break(struct console_context *context, uint64_t badge,
			      const struct console_set_break_request *request)
{
	(void)badge;
	uart_set_break(&context->uart, request->on);
	return STATUS_OK;
}

/* Who sits at the other end of the line, and in front of what, cannot be known. */
status_t console_on_get_size(struct console_context *context, uint64_t badge,
			     struct console_get_size_reply *reply)
{
	(void)context;
	(void)badge;
	*reply = (struct console_get_size_reply){ 0 };
	return STATUS_OK;
}
