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
};

/* Fills grants and options of grants->request. */
status_t grants_collect(struct grants *grants, const struct programs *programs,
			const struct program *program);
void grants_release(struct grants *grants);

#endif
