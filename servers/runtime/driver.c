/* SPDX-License-Identifier: MIT */
/*
 * driver: see driver.h.
 */
#include "runtime/driver.h"

#include "runtime/bootstrap.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

int driver_run(const struct driver *driver, void *context)
{
	struct server_loop loop = {
		.endpoint = bootstrap_handle("endpoint"),
		.notification = bootstrap_handle("events"),
		.deadline_ns = DEADLINE_NEVER,
		.context = context,
		.serve = driver->serve,
		.notified = driver->interrupt,
	};
	status_code_t status = driver->start(context);

	if (status == STATUS_NOT_FOUND)
		return DRIVER_NO_DEVICE;
	if (status == STATUS_OK)
		status = server_run(&loop);
	log_error("stopped: %s", status_name(status));
	return 1;
}

static uint32_t port_read(handle_t ports, uint16_t port, uint32_t width)
{
	struct call_result result = k_ioport_read(ports, port, width);

	if (result.status >= 0)
		return (uint32_t)result.value;
	log_error("port 0x%x cannot be read: %s", port, status_name((int)result.status));
	return UINT32_MAX;
}

static void port_write(handle_t ports, uint16_t port, uint32_t width, uint32_t value)
{
	struct call_result result = k_ioport_write(ports, port, width, value);

	if (result.status < 0)
		log_error("port 0x%x cannot be written: %s", port, status_name((int)result.status));
}

uint8_t port_read8(handle_t ports, uint16_t port)
{
	return (uint8_t)port_read(ports, port, 1);
}

void port_write8(handle_t ports, uint16_t port, uint8_t value)
{
	port_write(ports, port, 1, value);
}

uint16_t port_read16(handle_t ports, uint16_t port)
{
	return (uint16_t)port_read(ports, port, 2);
}

void port_write16(handle_t ports, uint16_t port, uint16_t value)
{
	port_write(ports, port, 2, value);
}
