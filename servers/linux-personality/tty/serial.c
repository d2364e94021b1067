/* SPDX-License-Identifier: MIT */
/*
 * The driver's side of serial terminals: see serial.h.
 */
#include "tty/serial.h"

#include <pthread.h>
#include "core/clock.h"
#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define EVENT_WORK (1ull << 32) /* our own bit beside the driver's */
/* Between attempts to reach a new driver: doubles. */
#define RECONNECT_FIRST_NS 50000000ull
#define RECONNECT_LAST_NS 1600000000ull

SURVIVES static struct serial *lines[LINE_COUNT];

static const struct {
	const char *endpoint;
	uint32_t minor;
	bool optional; /* no driver answers at start: there is no such device */
} line_rows[LINE_COUNT] = {
	[LINE_TTYS0] = { "ttyS0.endpoint", 64, false },
	[LINE_TTYS1] = { "ttyS1.endpoint", 65, false },
	[LINE_SCREEN] = { "tty1.endpoint", 1, true },
};

struct tty *serial_find(enum serial_line line)
{
	return lines[line] ? &lines[line]->tty : NULL;
}

struct tty *serial_find_minor(uint32_t minor)
{
	for (uint32_t i = 0; i < LINE_COUNT; i++) {
		if (line_rows[i].minor == (minor ? minor : 1))
			return serial_find(i);
	}
	return NULL;
}

uint32_t serial_minor(enum serial_line line)
{
	return line_rows[line].minor;
}

void serial_wake(struct serial *port)
{
	(void)k_notification_signal(port->events, EVENT_WORK);
}

static void serial_lose(struct serial *port)
{
	__atomic_store_n(&port->lost, 1, __ATOMIC_RELEASE);
	serial_wake(port);
}

static bool is_lost(struct serial *port)
{
	return __atomic_load_n(&port->lost, __ATOMIC_ACQUIRE);
}

/* The window's size until a program sets another; device held. */
static void serial_learn_size(struct serial *port)
{
	struct console_get_size_reply size;
	if (console_get_size(port->endpoint, &size) != STATUS_OK)
		return;
	port->screen.columns = (uint16_t)size.columns;
	port->screen.rows = (uint16_t)size.rows;
	lock_acquire(&port->tty.lock);
	if (!port->tty.size.rows && !port->tty.size.columns)
		port->tty.size = port->screen;
	lock_release(&port->tty.lock);
}

/* Become the driver's client; it tells at once what already holds. */
static bool serial_connect(struct serial *port)
{
	struct console_open_request request;
	struct console_open_reply reply;
	struct call_result copy = k_handle_copy(port->events, RIGHT_WRITE | RIGHT_TRANSFER, 0);
	status_code_t status = (status_code_t)copy.status;
	if (status == STATUS_OK) {
		request.events = call_handle(copy);
		status = console_open(port->endpoint, &request, &reply);
	}
	if (status != STATUS_OK)
		return false;
	mutex_acquire(&port->device);
	port->line = reply.line;
	port->paused = false;
	serial_learn_size(port);
	__atomic_store_n(&port->lost, 0, __ATOMIC_RELEASE);
	mutex_release(&port->device);
	return true;
}

/* Send one span; device held. False: nothing more to send, or the device takes no more now. */
static bool push_span(struct serial *port)
{
	struct discipline *d = &port->tty.discipline;
	uint8_t span[CONSOLE_DATA_MAX];
	struct console_write_request request = { .request_id = port->write_id, .data = span };
	struct console_write_reply reply;
	status_code_t status;
	uint32_t flushes;
	lock_acquire(&port->tty.lock);
	request.data_bytes = d->stopped ? 0 : byte_ring_peek(&d->output, span, sizeof(span));
	flushes = d->output.flushes;
	lock_release(&port->tty.lock);
	if (!request.data_bytes || is_lost(port))
		return false;
	status = console_write(port->endpoint, &request, &reply);
	port->unanswered = status != STATUS_OK;
	if (status != STATUS_OK) {
		if (status != STATUS_KILLED && status != STATUS_CANCELLED)
			serial_lose(port);
		return false;
	}
	port->write_id++;
	lock_acquire(&port->tty.lock);
	if (d->output.flushes == flushes)
		byte_ring_drop(&d->output,
			       reply.taken < request.data_bytes ? reply.taken : request.data_bytes);
	lock_release(&port->tty.lock);
	return reply.taken >= request.data_bytes;
}

void serial_push(struct serial *port)
{
	mutex_acquire(&port->device);
	while (push_span(port))
		;
	mutex_release(&port->device);
}

/* A flow control character goes ahead of all output. */
static void send_ahead(struct serial *port, enum linux_control_character which)
{
	uint8_t byte = port->tty.discipline.settings.characters[which];
	struct console_write_request request = { .data = &byte, .data_bytes = 1 };
	struct console_write_reply reply;
	if (!byte || !(port->tty.discipline.settings.input & LINUX_IXOFF))
		return;
	mutex_acquire(&port->device);
	request.request_id = port->write_id;
	if (!port->unanswered && console_write(port->endpoint, &request, &reply) == STATUS_OK)
		port->write_id++;
	mutex_release(&port->device);
}

void serial_sync_pause(struct serial *port)
{
	struct console_pause_request request;
	mutex_acquire(&port->device);
	request.stopped = port->tty.discipline.stopped;
	if (request.stopped != port->paused && !is_lost(port)) {
		port->paused = request.stopped;
		if (console_pause(port->endpoint, &request) != STATUS_OK)
			serial_lose(port);
	}
	mutex_release(&port->device);
}

void serial_flush_output(struct serial *port)
{
	struct console_flush_request request = { .output = true };
	mutex_acquire(&port->device);
	port->write_id++;
	port->unanswered = false;
	if (console_flush(port->endpoint, &request) != STATUS_OK)
		serial_lose(port);
	mutex_release(&port->device);
}

bool serial_is_drained(struct serial *port)
{
	bool empty;
	lock_acquire(&port->tty.lock);
	empty = byte_ring_used(&port->tty.discipline.output) == 0;
	lock_release(&port->tty.lock);
	return empty && console_drain(port->endpoint) == STATUS_OK;
}

/* More bytes into `pending`. False: the driver has none now. */
static bool fetch(struct serial *port)
{
	struct console_read_request request = { .max = CONSOLE_DATA_MAX };
	struct console_read_reply reply;
	status_code_t status = console_read(port->endpoint, &request, &reply);
	if (status != STATUS_OK)
		serial_lose(port);
	if (status != STATUS_OK || !reply.data_bytes)
		return false;
	memcpy(port->pending, reply.data, reply.data_bytes);
	port->pending_start = 0;
	port->pending_end = reply.data_bytes;
	return true;
}

static bool is_open(struct serial *port)
{
	return __atomic_load_n(&port->tty.opens, __ATOMIC_ACQUIRE);
}

/* Feed what is pending; false when the queue takes nothing and the next reader will tell. */
static bool feed_pending(struct serial *port)
{
	uint32_t left = port->pending_end - port->pending_start;
	uint32_t took = tty_receive(&port->tty, port->pending + port->pending_start, left);
	port->pending_start += took;
	if (took) {
		if (__atomic_exchange_n(&port->throttled, 0, __ATOMIC_SEQ_CST))
			send_ahead(port, LINUX_VSTART);
		return true;
	}
	/* Said first, then tried again: a reader in between is not missed. */
	if (__atomic_exchange_n(&port->throttled, 1, __ATOMIC_SEQ_CST))
		return false;
	send_ahead(port, LINUX_VSTOP);
	return true;
}

static void receive_all(struct serial *port)
{
	while (is_open(port) && !is_lost(port)) {
		if (port->pending_start == port->pending_end && !fetch(port))
			break;
		if (!feed_pending(port))
			break;
	}
}

static void receive_break(struct serial *port)
{
	struct discipline_events events = { 0 };
	lock_acquire(&port->tty.lock);
	discipline_feed_break(&port->tty.discipline, &events);
	lock_release(&port->tty.lock);
	tty_apply(&port->tty, &events);
	wait_wake_all(&port->tty.input_queue, 0);
}

/* The driver's events; while there is none, for `retry_ns` at most. */
static uint64_t wait_events(struct serial *port, uint64_t retry_ns)
{
	uint64_t deadline_ns = is_lost(port) ? clock_monotonic_ns() + retry_ns : DEADLINE_NEVER;
	struct message message = { 0 };
	status_code_t status = ipc_receive(HANDLE_NONE, port->events, deadline_ns, &message);
	return status == STATUS_OK && message.tag & MESSAGE_NOTIFIED ? message.words[0] : 0;
}

static void *serial_serve(void *argument)
{
	struct serial *port = argument;
	uint64_t retry_ns = RECONNECT_FIRST_NS;
	for (;;) {
		uint64_t bits = wait_events(port, retry_ns);
		if (is_lost(port) && !serial_connect(port)) {
			retry_ns = retry_ns < RECONNECT_LAST_NS ? retry_ns * 2 : retry_ns;
			continue;
		}
		retry_ns = RECONNECT_FIRST_NS;
		if (bits & CONSOLE_EVENT_BREAK)
			receive_break(port);
		serial_sync_pause(port);
		receive_all(port);
		serial_push(port);
		wait_wake_all(&port->tty.output_queue, 0);
	}
	return NULL;
}

static struct serial *serial_create(enum serial_line line)
{
	struct linux_termios settings;
	struct serial *port = slab_allocate(sizeof(*port));
	if (!port)
		return NULL;
	tty_setup(&port->tty, TTY_SERIAL, line);
	discipline_default_settings(&settings);
	settings.control |= LINUX_CLOCAL | LINUX_HUPCL;
	discipline_init(&port->tty.discipline, &settings, false);
	port->write_id = 1;
	return port;
}

/* What belongs to this instance of the server. */
static int serial_attach(struct serial *port, handle_t endpoint)
{
	struct call_result made = k_notification_create(bootstrap_handle("account"));
	if (made.status < 0)
		return errno_from_status(made.status);
	port->endpoint = endpoint;
	port->events = call_handle(made);
	port->device = (struct mutex){ 0 };
	port->lost = !serial_connect(port);
	return 0;
}

static int serial_start(struct serial *port)
{
	pthread_t thread;
	return -pthread_create(&thread, NULL, serial_serve, port);
}

/* A new terminal takes the settings of its line. */
static int line_add(enum serial_line line, handle_t endpoint)
{
	struct serial *port = serial_create(line);
	int error = port ? serial_attach(port, endpoint) : -ENOMEM;
	if (error)
		return error;
	if (port->lost && line_rows[line].optional) {
		(void)k_handle_close(port->events);
		slab_free(port, sizeof(*port));
		return 0;
	}
	if (port->lost)
		log_info("%s: no driver answers", line_rows[line].endpoint);
	else
		serial_settings_from_line(&port->tty.discipline.settings, &port->line);
	lines[line] = port;
	return serial_start(port);
}

/* A terminal from before keeps its settings. */
static int line_resume(struct serial *port, handle_t endpoint)
{
	int error = serial_attach(port, endpoint);
	return error ? error : serial_start(port);
}

int serial_init(void)
{
	int error = 0;
	for (uint32_t i = 0; i < LINE_COUNT && !error; i++) {
		handle_t endpoint = bootstrap_handle(line_rows[i].endpoint);
		if (endpoint.value == HANDLE_NONE.value)
			continue;
		error = lines[i] ? line_resume(lines[i], endpoint) : line_add(i, endpoint);
	}
	return error;
}

void tty_drain_all(uint64_t deadline_ns)
{
	for (uint32_t i = 0; i < LINE_COUNT; i++) {
		struct serial *port = lines[i];
		uint32_t word = 0;
		while (port && !is_lost(port) && !port->paused && !serial_is_drained(port) &&
		       clock_monotonic_ns() < deadline_ns)
			(void)k_word_wait((uintptr_t)&word, 0, WAIT_ANY, clock_monotonic_ns() + 10000000, 0);
	}
}
