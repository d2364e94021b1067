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
	uint64_t bytes;      /* in all pieces */
	uint32_t file_flags; /* of streams and counters: ROUTE_FILE_* */
	unsigned count;
	struct route_buffer pieces[TRANSFER_PIECES]; /* below the user's limit */
};

/* Make the guest's pages of the first `bytes` present, as far as that needs no waiting; false: some are not. */
bool transfer_present(const struct transfer *transfer, uint64_t bytes);

/* Bytes of the kernel's to the guest, which makes pages present as above; false: it cannot be done at once. */
bool transfer_answer(struct route_call *call, uint64_t address, const void *bytes, uint64_t count);

/* The flags of the transfer's open file, ROUTE_FILE_FORWARD where there is none. */
uint32_t transfer_file_flags(const struct transfer *transfer);
/* Nothing can be done now: the guest waits inside of the descriptor for the word at `offset` in its block, with a bit in
   *parked that says so. WOULD_BLOCK where it must not. */
int transfer_wait(const struct transfer *transfer, uint32_t *parked, uint32_t side, uint64_t offset);
/* Wake so many of those that wait for that word, if any may. */
void transfer_wake(const struct transfer *transfer, uint32_t *parked, uint32_t side, uint64_t offset,
		   uint32_t count);

int transfer_counter(struct transfer *transfer);
int transfer_stream(struct transfer *transfer);
int transfer_file(struct transfer *transfer);

#endif
