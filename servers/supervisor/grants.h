/* SPDX-License-Identifier: MIT */
/*
 * grants: the handles that one program gets, collected from its manifest entry for the loader. Objects that are made only
 * for this program (notification, interrupt, carved ranges) belong to the supervisor until the loader has given
 * copies away; grants_release drops the supervisor's own handles, on success and on failure alike.
 */
#ifndef LICHEN_SUPERVISOR_GRANTS_H
#define LICHEN_SUPERVISOR_GRANTS_H

#include "abi/status.h"
#include "programs.h"
#include "runtime/loader.h"

struct grants {
	struct loader_request *request;
	handle_t own[LOADER_GRANTS_MAX]; /* to be closed by grants_release */
	uint32_t own_count;
	char names[LOADER_GRANTS_MAX][MANIFEST_NAME + 12]; /* that are not the manifest's own text */
	char rsdp[24];
	handle_t events; /* the program's notification, HANDLE_NONE: it gets none */
	/* What outlives the release, for programs.h: */
	handle_t dma;
	bool has_device;
	uint16_t device_place;
};

/* Fills grants and options of grants->request. NOT_FOUND: a device that the program drives is not there. */
status_t grants_collect(struct grants *grants, const struct programs *programs,
			const struct program *program);
void grants_release(struct grants *grants);

/* For the parts of grants_collect. A grant's name must stay until the release. */
status_t grants_add(struct grants *grants, const char *name, handle_t handle, uint32_t rights,
		    uint64_t badge);
/* A name made of two, which stays. */
char *grants_name(struct grants *grants, const char *stem, const char *suffix);
/* Grants an object that was made for this program; closes it on failure. */
status_t grants_add_own(struct grants *grants, const char *name, struct call_result made, uint32_t rights);
/* Framebuffer, PCI device and DMA memory (device_grants.c). */
status_t grants_add_devices(struct grants *grants, const struct programs *programs,
			    const struct program *program);
/* The device of a program that ended, or was not started, can do nothing from here on. */
void grants_stop_device(uint16_t place);

#endif
