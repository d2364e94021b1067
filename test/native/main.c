/* SPDX-License-Identifier: MIT */
/*
 * native-test: what native programs rely on, seen from inside one, on the real kernel: the libc's memory, threads, clock and
 * random bytes, the drivers' services, and the refusal of rights that were not granted. Each check logs one line, "TEST name
 * PASS" or "TEST name FAIL line"; at the end it switches the machine off through the power driver.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>
#include "console_protocol.h"
#include "power_protocol.h"
#include "rtc_protocol.h"
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define CHECK(condition)                                                                                     \
	do {                                                                                                 \
		if (!(condition))                                                                            \
			return __LINE__;                                                                     \
	} while (0)

#define THREADS 4
#define ROUNDS 2000

static int test_memory(void)
{
	char *pieces[200];

	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < 200; i++) {
			pieces[i] = calloc(1, 100 + i * i);
			CHECK(pieces[i] != NULL && pieces[i][50 + i] == 0);
			memset(pieces[i], 0xee, 100 + i * i);
		}
		for (unsigned i = 0; i < 200; i++)
			free(pieces[i]);
	}
	pieces[0] = calloc(1, 8u << 20);
	CHECK(pieces[0] != NULL && pieces[0][5u << 20] == 0);
	free(pieces[0]);
	return 0;
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t all_there = PTHREAD_COND_INITIALIZER;
static int arrived, counter;
static _Thread_local int own;

static void *count_up(void *argument)
{
	pthread_mutex_lock(&mutex);
	arrived++;
	pthread_cond_broadcast(&all_there);
	while (arrived < THREADS)
		pthread_cond_wait(&all_there, &mutex);
	pthread_mutex_unlock(&mutex);
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		counter++;
		own++;
		pthread_mutex_unlock(&mutex);
		if (i % 50 == 0)
			sched_yield();
	}
	return own == ROUNDS ? argument : NULL;
}

static int test_threads(void)
{
	pthread_t threads[THREADS];
	char names[THREADS];
	void *answer;

	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, count_up, &names[i]) == 0);
	for (int i = 0; i < THREADS; i++) {
		CHECK(pthread_join(threads[i], &answer) == 0);
		CHECK(answer == &names[i]);
	}
	CHECK(counter == THREADS * ROUNDS && own == 0);
	return 0;
}

static void *end_detached(void *argument)
{
	__atomic_add_fetch((int *)argument, 1, __ATOMIC_RELEASE);
	return NULL;
}

static int test_detached_threads(void)
{
	static int ended;
	pthread_attr_t attributes;
	pthread_t thread;

	CHECK(pthread_attr_init(&attributes) == 0);
	CHECK(pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0);
	for (int i = 0; i < 50; i++) {
		CHECK(pthread_create(&thread, &attributes, end_detached, &ended) == 0);
		while (__atomic_load_n(&ended, __ATOMIC_ACQUIRE) <= i)
			sched_yield();
	}
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000 + time.tv_nsec;
}

static int test_clock(void)
{
	const struct timespec nap = { 0, 20000000 };
	int64_t before = now_ns(), last = before;

	for (int i = 0; i < 1000; i++) {
		int64_t now = now_ns();
		CHECK(now >= last);
		last = now;
	}
	before = now_ns();
	CHECK(nanosleep(&nap, NULL) == 0);
	CHECK(now_ns() - before >= 20000000);
	return 0;
}

static int test_random(void)
{
	static const uint8_t zeros[32];
	uint8_t one[32], other[32];

	CHECK(getrandom(one, sizeof one, 0) == sizeof one);
	CHECK(getrandom(other, sizeof other, 0) == sizeof other);
	CHECK(memcmp(one, other, sizeof one) != 0 && memcmp(one, zeros, sizeof one) != 0);
	return 0;
}

static int test_floating_point(void)
{
	volatile double third = 1.0 / 3.0;
	volatile double sum = 0;

	for (int i = 0; i < 300; i++) {
		sum += third;
		if (i % 30 == 0)
			sched_yield();
	}
	CHECK(sum > 99.999999 && sum < 100.000001);
	return 0;
}

/* Waits for these bits of the notification, one second at most. */
static bool wait_for(handle_t events, uint64_t bits)
{
	struct message message;
	uint64_t deadline = (uint64_t)now_ns() + 1000000000;

	while (ipc_receive(HANDLE_NONE, events, deadline, &message) == STATUS_OK) {
		if (message.words[0] & bits)
			return true;
	}
	return false;
}

static status_code_t open_console(handle_t console, handle_t events, struct console_open_reply *reply)
{
	struct console_open_request request;

	request.events = call_handle(k_handle_copy(events, RIGHT_WRITE | RIGHT_TRANSFER, 0));
	return console_open(console, &request, reply);
}

static bool write_all(handle_t console, handle_t events, const char *text)
{
	static uint64_t request_id;
	struct console_write_request request = { .data = (const uint8_t *)text,
						 .data_bytes = (uint32_t)strlen(text) };
	struct console_write_reply reply;

	while (request.data_bytes != 0) {
		request.request_id = ++request_id;
		if (console_write(console, &request, &reply) != STATUS_OK || reply.taken > request.data_bytes)
			return false;
		request.data += reply.taken;
		request.data_bytes -= reply.taken;
		if (request.data_bytes != 0 && !wait_for(events, CONSOLE_EVENT_WRITABLE))
			return false;
	}
	return true;
}

static int test_console_output(void)
{
	handle_t console = bootstrap_handle("ttyS0.endpoint"), events = bootstrap_handle("events");
	struct console_open_reply opened;
	struct console_get_state_reply before, after;
	status_code_t status;
	char line[64];

	CHECK(open_console(console, events, &opened) == STATUS_OK);
	CHECK(opened.line.baud == 115200 && opened.line.data_bits == 8);
	CHECK(console_get_state(console, &before) == STATUS_OK);
	for (int i = 0; i < 1000; i++) {
		memset(line, 'a' + i % 26, sizeof line);
		memcpy(line + 60, "\r\n", 3);
		CHECK(write_all(console, events, line));
	}
	CHECK(write_all(console, events, "written through the serial driver\r\n"));
	status = console_drain(console);
	CHECK(status == STATUS_OK || (status == STATUS_PENDING && wait_for(events, CONSOLE_EVENT_DRAINED)));
	CHECK(console_get_state(console, &after) == STATUS_OK);
	CHECK(after.state.sent - before.state.sent == 62035 && after.state.output_bytes == 0);
	return 0;
}

/* COM2 is a loop: the host sends back what it gets. */
static int test_console_input(void)
{
	static const char text[] = "to the host and back";
	handle_t console = bootstrap_handle("ttyS1.endpoint"), events = bootstrap_handle("events");
	struct console_open_reply opened;
	struct console_read_request request = { .request_id = 1, .max = CONSOLE_DATA_MAX };
	struct console_read_reply reply;
	char got[sizeof text];
	uint32_t have = 0;

	CHECK(open_console(console, events, &opened) == STATUS_OK);
	CHECK(write_all(console, events, text));
	while (have < sizeof text - 1) {
		CHECK(console_read(console, &request, &reply) == STATUS_OK);
		request.request_id++;
		CHECK(reply.data_bytes < sizeof text - have);
		memcpy(got + have, reply.data, reply.data_bytes);
		have += reply.data_bytes;
		CHECK(reply.data_bytes != 0 || wait_for(events, CONSOLE_EVENT_READABLE));
	}
	CHECK(memcmp(got, text, sizeof text - 1) == 0);
	return 0;
}

static int test_console_refusals(void)
{
	handle_t console = bootstrap_handle("ttyS1.endpoint"), events = bootstrap_handle("events");
	struct console_set_line_request line = {
		.line = { .baud = 9600, .parity = 9, .data_bits = 8, .stop_bits = 1 }
	};
	struct console_set_line_reply set;
	struct console_open_request open;
	struct console_open_reply opened;
	struct message message = { .tag = MESSAGE_TAG(77, 0, 0) };

	CHECK(console_set_line(console, &line, &set) == STATUS_INVALID);
	line.line.parity = CONSOLE_PARITY_NONE;
	line.line.data_bits = 9;
	CHECK(console_set_line(console, &line, &set) == STATUS_INVALID);
	open.events = call_handle(k_handle_copy(events, RIGHT_READ | RIGHT_TRANSFER, 0));
	CHECK(console_open(console, &open, &opened) == STATUS_DENIED);
	open.events = call_handle(k_endpoint_create(bootstrap_handle("account")));
	CHECK(console_open(console, &open, &opened) == STATUS_BAD_HANDLE);
	CHECK(ipc_call(console, &message) == STATUS_OK);
	CHECK((status_code_t)message.words[0] == STATUS_NOT_SUPPORTED);
	return 0;
}

static int test_rtc(void)
{
	struct rtc_read_reply first, second;
	struct rtc_set_request set;

	CHECK(rtc_read(bootstrap_handle("rtc.endpoint"), &first) == STATUS_OK);
	CHECK(first.seconds > 1700000000);
	set.seconds = 951782399; /* 2000-02-28 23:59:59 */
	CHECK(rtc_set(bootstrap_handle("rtc.endpoint"), &set) == STATUS_OK);
	CHECK(rtc_read(bootstrap_handle("rtc.endpoint"), &second) == STATUS_OK);
	CHECK(second.seconds >= set.seconds && second.seconds <= set.seconds + 5);
	set.seconds = -1;
	CHECK(rtc_set(bootstrap_handle("rtc.endpoint"), &set) == STATUS_OUT_OF_RANGE);
	return 0;
}

/* Nothing but what the manifest grants. */
static int test_rights(void)
{
	handle_t power = bootstrap_handle("power.endpoint");
	struct message message;

	CHECK(bootstrap_handle("system").value == 0 && bootstrap_handle("ports").value == 0);
	CHECK(k_ioport_read(HANDLE_IOPORTS, 0x60, 1).status < 0);
	CHECK(ipc_receive(power, HANDLE_NONE, 0, &message) == STATUS_DENIED);
	CHECK(k_domain_create(HANDLE_ROOT_ACCOUNT).status < 0);
	return 0;
}

/* Every number that could be a handle: none of them reaches a port, device memory or an interrupt. */
static int test_guessed_handles(void)
{
	handle_t events = bootstrap_handle("events");

	for (uint32_t value = 1; value < 4096; value++) {
		handle_t guess = { value };
		CHECK(k_ioport_read(guess, 0x60, 1).status < 0);
		CHECK(k_ioport_write(guess, 0x64, 1, 0xfe).status < 0);
		CHECK(k_object_create_physical(guess, 0xb8000, 1, 0).status < 0);
		CHECK(k_irq_create(guess, 1, events, 1).status < 0);
		CHECK(k_irq_acknowledge(guess).status < 0);
		CHECK(k_system_stop(guess, 1).status < 0);
	}
	return 0;
}

/* A server that ends with a call in hand, and one that is gone. */
static int test_dead_server(void)
{
	handle_t victim = bootstrap_handle("victim.endpoint");
	struct message message = { .tag = MESSAGE_TAG(1, 0, 0) };

	CHECK(ipc_call(victim, &message) == STATUS_RESTART);
	CHECK(ipc_call(victim, &message) == STATUS_RESTART);
	message = (struct message){ .tag = MESSAGE_TAG(7, 0, 0), .words = { 0x1234 } };
	CHECK(ipc_call(bootstrap_handle("worker.endpoint"), &message) == STATUS_RESTART);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} tests[] = {
	{ "memory", test_memory },
	{ "threads", test_threads },
	{ "detached_threads", test_detached_threads },
	{ "clock", test_clock },
	{ "random", test_random },
	{ "floating_point", test_floating_point },
	{ "console_output", test_console_output },
	{ "console_input", test_console_input },
	{ "console_refusals", test_console_refusals },
	{ "rtc", test_rtc },
	{ "rights", test_rights },
	{ "guessed_handles", test_guessed_handles },
	{ "dead_server", test_dead_server },
};

int main(void)
{
	unsigned failed = 0, count = sizeof tests / sizeof tests[0];

	for (unsigned i = 0; i < count; i++) {
		int line = tests[i].run();
		if (line == 0)
			log_info("TEST %s PASS", tests[i].name);
		else
			log_info("TEST %s FAIL line %d", tests[i].name, line);
		failed += line != 0;
	}
	log_info("TESTS %u passed, %u failed", count - failed, failed);
	status_code_t status = power_off(bootstrap_handle("power.endpoint"));
	log_error("power off answered %s", status_name(status));
	return 1;
}
