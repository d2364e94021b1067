/* SPDX-License-Identifier: MIT */
/*
 * The last replies to requests that carry an id. A client that did not see its reply (this server or the client's
 * domain was restarted) sends the request again with the same id: it gets the old answer and nothing is done twice.
 *
 * A client domain is one badge and counts its ids up over all its threads, so the last REPLY_SLOTS requests of a badge
 * are remembered: more than it has threads with a request on the way. An id of 0 is not remembered.
 */
#ifndef LICHEN_VFS_REPLIES_H
#define LICHEN_VFS_REPLIES_H

#include "state.h"

struct reply_key {
	uint64_t badge, request_id;
	uint32_t message; /* number */
};

/* True: this request was answered; *status and the reply are what they were. */
bool reply_repeat(const struct tree *tree, const struct reply_key *key, status_code_t *status, void *reply,
		  size_t bytes);
/* Remembers an answer; `bytes` at most REPLY_BYTES_MAX. */
void reply_remember(struct tree *tree, const struct reply_key *key, status_code_t status, const void *reply,
		    size_t bytes);

#endif
