/* SPDX-License-Identifier: MIT */
/*
 * Transfers: calls that move bytes between the guest's buffers and what a descriptor names.
 *
 * transfer.c turns a call into a struct transfer and hands it to the function of the descriptor's kind, which checks, moves
 * and answers as a route's operation does.
 */
#ifndef LICHEN_ROUTE_TRANSFER_H
#define LICHEN_ROUTE_TRANSFER_H

#include "route/descriptor.h"
#include "route/route.h"

#define TRANSFER_PIECES 8u
#define TRANSFER_BYTES_MAX 0x7ffff000ull /* the personality cuts longer ones */

struct transfer {
	struct route_call *call;
	struct descriptor *descriptor;
	bool write;
	bool at_offset; /* else at the file's position */
	uint64_t offset;
	uint64_t bytes; /* in all pieces */
	unsigned count;
	struct route_buffer pieces[TRANSFER_PIECES]; /* below the user's limit */
};

/* Make the guest's pages of the first `bytes` present, as far as that needs no waiting; false: some are not. */
bool transfer_present(const struct transfer *transfer, uint64_t bytes);

int transfer_stream(struct transfer *transfer);
int transfer_file(struct transfer *transfer);

#endif
