/* SPDX-License-Identifier: MIT */
/*
 * screen: a terminal on the screen that the boot loader left, served by the console protocol. Rights: physical range
 * "framebuffer" and memory object "boot.info" that describes it, ports "crtc" (cursor of VGA text), "keyboard.endpoint",
 * "events", "endpoint". Without a framebuffer it ends at once.
 */
#include <string.h>
#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "service.h"

#define FIRST_BAUD 38400

static struct console_context console;
static struct display display;

static status_t read_frame(struct boot_framebuffer *frame)
{
	struct call_result result = k_object_read(bootstrap_handle("boot.info"),
						  offsetof(struct boot_info, framebuffer), own_address(frame),
						  sizeof *frame);

	if (result.status >= 0 && result.value != sizeof *frame)
		return STATUS_CORRUPT;
	return call_status(result);
}

/* Base and length of the granted range. */
static status_t find_range(handle_t range, uint64_t *base, uint64_t *bytes)
{
	struct handle_info info;
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, range.value & HANDLE_INDEX_MASK,
						  own_address(&info));

	if (range.value == 0 || result.status < 0 || info.handle != range.value || info.kind != KIND_PHYSICAL)
		return STATUS_NOT_FOUND;
	*base = info.detail[0];
	*bytes = info.detail[1];
	return STATUS_OK;
}

static status_t map_frame(const struct boot_framebuffer *frame, uint8_t **memory)
{
	struct map_request request = { .prot = PROT_BIT_READ | PROT_BIT_WRITE, .flags = MAP_FLAG_SHARED };
	handle_t range = bootstrap_handle("framebuffer");
	uint64_t base, bytes, needed = display_bytes(frame);
	status_code_t status = find_range(range, &base, &bytes);
	struct call_result result;

	if (status != STATUS_OK)
		return status;
	if (needed == 0 || frame->address < base || frame->address - base > bytes ||
	    needed > bytes - (frame->address - base))
		return STATUS_NOT_SUPPORTED;
	result = k_object_create_physical(range, base, bytes / PAGE_SIZE, 0);
	if (result.status < 0)
		return call_status(result);
	request.object = call_handle(result);
	request.length = bytes;
	result = k_aspace_map(HANDLE_SELF_ASPACE, own_address(&request));
	(void)k_handle_close(request.object);
	*memory = (uint8_t *)result.value + (frame->address - base);
	return call_status(result);
}

static status_t start(struct console_context *context)
{
	struct boot_framebuffer frame;
	uint8_t *memory = NULL;
	status_code_t status = read_frame(&frame);

	if (status == STATUS_OK)
		status = map_frame(&frame, &memory);
	if (status == STATUS_OK)
		status = display_start(&display, &frame, memory, bootstrap_handle("crtc"));
	if (status == STATUS_OK)
		status = terminal_start(&context->terminal, &display);
	if (status != STATUS_OK)
		return status;
	log_info("%s, %u x %u characters", frame.kind == 2 ? "VGA text" : "linear framebuffer",
		 display.columns, display.rows);
	context->line = (struct console_line){ .baud = FIRST_BAUD, .data_bits = 8, .stop_bits = 1 };
	context->keyboard = bootstrap_handle("keyboard.endpoint");
	context->keyboard_events = bootstrap_handle("events");
	screen_open_keyboard(context);
	return STATUS_OK;
}

static void serve(void *context, struct server_call *call)
{
	console_dispatch(context, call);
	screen_update(context);
}

static void notified(void *context, uint64_t bits)
{
	(void)bits;
	screen_read_strokes(context);
	screen_update(context);
}

static void expired(void *context)
{
	screen_update(context);
}

int main(void)
{
	status_code_t status = start(&console);

	if (status != STATUS_OK) {
		log_warning("no screen: %s", status_name(status));
		return 0;
	}
	console.loop = (struct server_loop){
		.endpoint = bootstrap_handle("endpoint"),
		.notification = bootstrap_handle("events"),
		.deadline_ns = DEADLINE_NEVER,
		.context = &console,
		.serve = serve,
		.notified = notified,
		.expired = expired,
	};
	screen_update(&console);
	status = server_run(&console.loop);
	log_error("stopped: %s", status_name(status));
	return 1;
}
