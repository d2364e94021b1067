/* SPDX-License-Identifier: MIT */
/*
 * serial: driver of one 16550 port. Rights: "ports" (eight, whose first is asked from the handle), "irq" and "events",
 * "endpoint"; with the option "console" also "system", to take the port over from the kernel's log.
 */
#include "runtime/bootstrap.h"
#include "runtime/driver.h"
#include "runtime/kernel.h"
#include "runtime/log.h"
#include "service.h"

static struct console_context console;

/* First port of the granted range. */
static status_t find_base(handle_t ports, uint16_t *base)
{
	struct handle_info info;
	struct call_result result = k_handle_info(HANDLE_SELF_DOMAIN, ports.value & HANDLE_INDEX_MASK,
						  own_address(&info));

	if (result.status < 0)
		return call_status(result);
	if (info.handle != ports.value || info.kind != KIND_IOPORT)
		return STATUS_BAD_HANDLE;
	*base = (uint16_t)info.detail[0];
	return STATUS_OK;
}

static status_t take_console(void)
{
	if (bootstrap_number("console", 0) == 0)
		return STATUS_OK;
	return call_status(k_log_claim_serial(bootstrap_handle("system")));
}

static status_t start(void *context)
{
	struct console_context *self = context;
	handle_t ports = bootstrap_handle("ports");
	uint16_t base = 0;
	status_code_t status = find_base(ports, &base);

	self->irq = bootstrap_handle("irq");
	if (status == STATUS_OK)
		status = take_console();
	if (status == STATUS_OK)
		status = uart_start(&self->uart, ports, base);
	if (status == STATUS_OK)
		status = call_status(k_irq_acknowledge(self->irq));
	if (status == STATUS_OK)
		log_info("16550 at 0x%x", base);
	return status;
}

static void serve(void *context, struct server_call *call)
{
	console_dispatch(context, call);
	console_tell(context);
}

static void interrupt(void *context, uint64_t bits)
{
	struct console_context *self = context;

	(void)bits;
	uart_service(&self->uart);
	console_tell(self);
	(void)k_irq_acknowledge(self->irq);
}

int main(void)
{
	static const struct driver driver = { .start = start, .serve = serve, .interrupt = interrupt };

	return driver_run(&driver, &console);
}
