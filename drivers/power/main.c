/* SPDX-License-Identifier: MIT */
/*
 * power: switches the machine off and resets it. Rights: port ranges "pm" and "pm_pc" (where q35 and pc keep ACPI's
 * registers and QEMU's fallback), "reset" (0xCF9), "keyboard" (0x64), the firmware's tables, "endpoint".
 */
#include "firmware.h"
#include "power_protocol.h"
#include "runtime/bootstrap.h"
#include "runtime/driver.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define SLEEP_ENABLE 0x2000u
#define SLEEP_TYPE_SHIFT 10
#define FALLBACK_OFF_PORT 0x604
#define FALLBACK_OFF_VALUE 0x2000u
#define RESET_PORT 0xcf9
#define RESET_HARD 0x06
#define KEYBOARD_PORT 0x64
#define KEYBOARD_RESET 0xfe

struct power_context {
	struct power_tables tables;
	bool have_tables;
};

/* The granted range that holds a port; HANDLE_NONE: none does. */
static handle_t range_of(uint16_t port)
{
	static const char *const names[] = { "pm", "pm_pc", "reset", "keyboard" };

	for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
		handle_t range = bootstrap_handle(names[i]);
		struct handle_info info;
		struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, range.value & HANDLE_INDEX_MASK,
							  own_address(&info));

		if (range.value != 0 && result.status >= 0 && info.handle == range.value &&
		    port >= info.detail[0] && port <= info.detail[1])
			return range;
	}
	return HANDLE_NONE;
}

static void write_port16(uint16_t port, uint32_t value)
{
	handle_t range = range_of(port);

	if (port != 0 && range.value != 0)
		port_write16(range, port, (uint16_t)value);
}

static void write_port8(uint16_t port, uint8_t value)
{
	handle_t range = range_of(port);

	if (port != 0 && range.value != 0)
		port_write8(range, port, value);
}

static uint32_t sleep_value(uint8_t type)
{
	return (uint32_t)(type & 7) << SLEEP_TYPE_SHIFT | SLEEP_ENABLE;
}

status_t power_on_off(struct power_context *context, uint64_t badge)
{
	const struct power_tables *tables = &context->tables;

	(void)badge;
	log_info("switching off");
	if (context->have_tables && tables->can_sleep) {
		write_port16(tables->pm1a_control, sleep_value(tables->sleep_type_a));
		write_port16(tables->pm1b_control, sleep_value(tables->sleep_type_b));
	}
	write_port16(FALLBACK_OFF_PORT, FALLBACK_OFF_VALUE);
	log_error("the machine cannot be switched off");
	return STATUS_NOT_SUPPORTED;
}

status_t power_on_reset(struct power_context *context, uint64_t badge)
{
	(void)badge;
	log_info("resetting");
	if (context->have_tables)
		write_port8(context->tables.reset_port, context->tables.reset_value);
	write_port8(RESET_PORT, RESET_HARD);
	write_port8(KEYBOARD_PORT, KEYBOARD_RESET);
	log_error("the machine cannot be reset");
	return STATUS_NOT_SUPPORTED;
}

static status_t start(void *context)
{
	struct power_context *self = context;
	struct table_memory memory;
	status_code_t status;

	firmware_map(&memory);
	status = tables_read(&memory, bootstrap_number("rsdp", 0), &self->tables);
	self->have_tables = status == STATUS_OK;
	if (self->have_tables && self->tables.can_sleep)
		log_info("ACPI S5 by port 0x%x, type %u; reset by port 0x%x", self->tables.pm1a_control,
			 self->tables.sleep_type_a, self->tables.reset_port);
	else
		log_warning("no ACPI S5 (%s): only fixed ports", status_name(status));
	return STATUS_OK;
}

static void serve(void *context, struct server_call *call)
{
	power_dispatch(context, call);
}

int main(void)
{
	static const struct driver driver = { .start = start, .serve = serve };
	static struct power_context power;

	return driver_run(&driver, &power);
}
