/* SPDX-License-Identifier: MIT */
/*
 * screen-test: the client of the screen and of the random device, on the real kernel. It writes a page of text of every
 * kind, reads back what the terminal answers, logs the keys that are typed as hexadecimal bytes until an end of transmission
 * (^D), and leaves. The runner (screen.py) types, and looks at the screen.
 */
#include <string.h>
#include "console_protocol.h"
#include "entropy_protocol.h"
#include "power_protocol.h"
#include "runtime/bootstrap.h"
#include "runtime/format.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define SCROLLED_LINES 300
#define END_OF_TRANSMISSION 4

static handle_t console, events;
static uint64_t request_id;

static bool write_text(const char *text)
{
	struct console_write_request request = { .data = (const uint8_t *)text,
						 .data_bytes = (uint32_t)strlen(text) };
	struct console_write_reply reply;

	request.request_id = ++request_id;
	return console_write(console, &request, &reply) == STATUS_OK && reply.taken == request.data_bytes;
}

static bool open_screen(void)
{
	struct console_open_request request;
	struct console_open_reply reply;

	console = bootstrap_handle("tty1.endpoint");
	events = bootstrap_handle("events");
	request.events = call_handle(k_handle_copy(events, RIGHT_WRITE | RIGHT_TRANSFER, 0));
	return console_open(console, &request, &reply) == STATUS_OK;
}

/* Waits for input; answers how many bytes came, 0 when the screen fails. */
static uint32_t read_input(uint8_t *bytes, uint32_t max)
{
	struct console_read_request request = { .max = max };
	struct console_read_reply reply;
	struct message message;

	for (;;) {
		request.request_id = ++request_id;
		if (console_read(console, &request, &reply) != STATUS_OK)
			return 0;
		if (reply.data_bytes != 0) {
			memcpy(bytes, reply.data, reply.data_bytes);
			return reply.data_bytes;
		}
		if (ipc_receive(HANDLE_NONE, events, DEADLINE_NEVER, &message) != STATUS_OK)
			return 0;
	}
}

static void log_bytes(const char *what, const uint8_t *bytes, uint32_t count)
{
	char line[160];
	struct format_buffer out = format_start(line, sizeof line);

	for (uint32_t i = 0; i < count; i++)
		format_append(&out, " %02x", bytes[i]);
	log_info("%s%s", what, line);
}

/* Lines that scroll away, then the page: attributes, lines, alphabets, malformed and combined characters. */
static bool draw_page(void)
{
	char line[96];

	for (unsigned i = 0; i < SCROLLED_LINES; i++) {
		struct format_buffer out = format_start(line, sizeof line);
		format_append(&out, "scrolled away %u\r\n", i);
		if (!write_text(line))
			return false;
	}
	return write_text("\033[2J\033[HLichen on its screen\r\n\033[1;32mgreen\033[0m \033[41mred\033[0m "
			  "\033[7mreverse\033[0m \033[4munder\033[0m\r\n") &&
	       write_text("\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90\r\n\xe2\x94\x94\xe2\x94\x80\xe2\x94\x98\r\n"
			  "gr\xc3\xbc\xc3\x9f e\xcc\x81 \xff|\r\n\033(0lqk\033(B dec\r\n") &&
	       write_text("\033[20;11Hat 20,11\033[10;1H> ");
}

/* The terminal tells where its cursor is. */
static void ask_position(void)
{
	uint8_t bytes[32];
	uint32_t count;

	if (!write_text("\033[6n"))
		return;
	count = read_input(bytes, sizeof bytes);
	log_bytes("SCREEN position", bytes, count);
}

static void log_size(void)
{
	struct console_get_size_reply size;

	if (console_get_size(console, &size) == STATUS_OK)
		log_info("SCREEN size %u %u", size.columns, size.rows);
}

/* Three readings; those of a random device differ. */
static void log_entropy(void)
{
	struct entropy_read_request request = { .max = 16 };
	struct entropy_read_reply reply;

	for (int i = 0; i < 3; i++) {
		status_code_t status = entropy_read(bootstrap_handle("entropy.endpoint"), &request, &reply);
		if (status == STATUS_OK)
			log_bytes("ENTROPY", reply.data, reply.data_bytes);
		else
			log_info("ENTROPY %s", status_name(status));
	}
}

static void log_keys(void)
{
	uint8_t bytes[32];
	uint32_t count;

	do {
		count = read_input(bytes, sizeof bytes);
		log_bytes("SCREEN key", bytes, count);
	} while (count != 0 && bytes[count - 1] != END_OF_TRANSMISSION);
}

int main(void)
{
	log_entropy();
	if (!open_screen() || !draw_page())
		log_info("SCREEN is not there");
	log_size();
	ask_position();
	log_info("SCREEN ready");
	log_keys();
	log_info("SCREEN end");
	return power_off(bootstrap_handle("power.endpoint")) == STATUS_OK ? 0 : 1;
}
