/* SPDX-License-Identifier: MIT */
/*
 * driver: a driver is a struct of callbacks; this library is its loop. It serves "endpoint", waits for the bits of the
 * interrupt notification "events", and keeps a deadline. Rights to ports, interrupts and memory come from the manifest
 * under names that the driver asks for with bootstrap_handle.
 */
#ifndef LICHEN_RUNTIME_DRIVER_H
#define LICHEN_RUNTIME_DRIVER_H

#include <stdint.h>
#include "runtime/server.h"

struct driver {
	/* Finds and resets the device. What it answers but OK ends the driver, with a report unless NOT_FOUND: no device. */
	status_t (*start)(void *context);
	void (*serve)(void *context, struct server_call *call);
	/* NULL when the device raises no interrupt. Acknowledges what it handled. */
	void (*interrupt)(void *context, uint64_t bits);
};

/* The exit code of a driver whose device is not there. */
#define DRIVER_NO_DEVICE 19

/* Runs the driver until it fails; answers the program's exit code. */
int driver_run(const struct driver *driver, void *context);

/* Port I/O through a granted range. Ports are absolute; one outside the range reads as ones and is logged. */
uint8_t port_read8(handle_t ports, uint16_t port);
void port_write8(handle_t ports, uint16_t port, uint8_t value);
uint16_t port_read16(handle_t ports, uint16_t port);
void port_write16(handle_t ports, uint16_t port, uint16_t value);

#endif
