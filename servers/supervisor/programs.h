/* SPDX-License-Identifier: MIT */
/*
 * programs: makes the objects that the manifest's programs share or own, starts the programs, and tells how they end.
 *
 * Endpoints are made before the first program starts, so that calls of early programs queue for later ones. The right
 * to receive is kept by the serving program alone: when it ends, the endpoint ends, and callers get RESTART.
 */
#ifndef LICHEN_SUPERVISOR_PROGRAMS_H
#define LICHEN_SUPERVISOR_PROGRAMS_H

#include "abi/status.h"
#include "abi/types.h"
#include "boot_files.h"
#include "manifest.h"

struct program {
	const struct manifest_program *manifest;
	handle_t account;
	handle_t receive;  /* of its endpoint, until it starts */
	handle_t endpoint; /* WRITE and TRANSFER: to give to callers */
	handle_t domain;   /* HANDLE_NONE: not running */
	handle_t dma;      /* memory that its device accesses; kept until the device was stopped */
	uint16_t device;   /* PCI function, if has_device */
	bool has_device;
	bool ended; /* ran once */
	uint64_t started_ns;
};

struct programs {
	const struct boot_files *files;
	handle_t ends;     /* notification: bit i says that program i ended */
	handle_t receive;  /* of the supervisor's own endpoint */
	handle_t endpoint; /* WRITE and TRANSFER: to give to its callers */
	struct program list[MANIFEST_PROGRAMS];
	uint32_t count;
};

/* Makes accounts and endpoints for all. */
status_t programs_prepare(struct programs *programs, const struct boot_files *files,
			  const struct manifest *manifest);
/* Starts them in order. One that cannot be started is logged, a vital one stops the system; answers how many run. */
uint32_t programs_start(struct programs *programs);
/* Stops the program's device, then gives the memory back that it could access. */
void program_release_device(struct program *program);
/* Waits for programs to end and reports them, and serves the inventory, for ever; a vital one's end stops the system. */
_Noreturn void programs_watch(struct programs *programs);
/* A panic "name: why". */
_Noreturn void programs_stop_system(const char *name, const char *why);

#endif
