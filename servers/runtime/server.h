/* SPDX-License-Identifier: MIT */
/*
 * server: the loop of a native server, and what its generated dispatch needs.
 *
 * A server thread waits on one endpoint, one notification and a deadline together. For each message the loop calls
 * `serve` (the generated <service>_dispatch, behind a cast-free wrapper of the server's own), for notification bits
 * `notified`, and at the deadline `expired`. Handlers answer in bounded time; there is no second request in hand.
 *
 * Handles that come with a request belong to the handler once it answered OK or PENDING; else the dispatch closes
 * them. scratch is where a reply's variable fields point before the handler runs: it is the thread's own.
 */
#ifndef LICHEN_RUNTIME_SERVER_H
#define LICHEN_RUNTIME_SERVER_H

#include "runtime/codec.h"
#include "abi/handles.h"
#include "abi/message.h"
#include "abi/status.h"
#include "abi/types.h"

/* One request being served; `message` becomes the reply. */
struct server_call {
	struct message message;
	struct message_page *page;
	uint8_t *scratch;                  /* MESSAGE_DATA_MAX bytes, 16-byte aligned */
	handle_t handles[MESSAGE_HANDLES]; /* that came with the request */
	uint32_t handle_count;
};

/* What a handle in a request must be. */
struct server_handle {
	uint32_t kind;   /* enum object_kind */
	uint32_t rights; /* RIGHT_*: at least these */
};

/* The handles that came are of these kinds and carry these rights; else BAD_HANDLE or DENIED. The table is at least as
   long as what the decoder let through. */
status_t server_check_handles(const struct server_call *call, const struct server_handle *table);
/* Closes the handles that came unless the handler keeps them. */
void server_settle_handles(struct server_call *call, status_code_t status);
/* Makes the message a reply that carries only a status. */
void server_answer(struct server_call *call, status_code_t status);

struct server_loop {
	handle_t endpoint;     /* READ; or HANDLE_NONE */
	handle_t notification; /* READ; or HANDLE_NONE */
	uint64_t deadline_ns;  /* absolute; the callbacks may change it. DEADLINE_NEVER */
	void *context;
	void (*serve)(void *context, struct server_call *call);
	void (*notified)(void *context, uint64_t bits); /* NULL: bits are dropped */
	void (*expired)(void *context);                 /* sets the next deadline_ns. NULL: never called */
};

/* Serves until receiving fails for good, and says why. */
status_t server_run(struct server_loop *loop);

#endif
