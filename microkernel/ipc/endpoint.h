/* SPDX-License-Identifier: MIT */
/*
 * Endpoints, where callers and receivers meet, and notifications.
 *
 * At most one of the two queues is not empty. A queued caller's words stay in its frame, its bytes and handles in
 * its message page; they are looked at, once, when a receiver takes the call. A received caller waits for `server`
 * (thread->server, server->serving): the pair is taken apart by the reply, by cancellation or by either one's end.
 *
 * An endpoint ends with its last handle that may receive; queued and later callers get RESTART.
 */
#ifndef LICHEN_IPC_ENDPOINT_H
#define LICHEN_IPC_ENDPOINT_H

#include "object/object.h"
#include "structure/list.h"

struct notification;
struct thread;

struct endpoint {
	struct object object;
	struct list_node callers;   /* threads by wait_link */
	struct list_node receivers; /* threads by wait_link */
	uint32_t receive_rights;    /* handle slots with RIGHT_READ */
};

struct endpoint *endpoint_create(struct account *account);
void endpoint_destroy(struct object *object);
/* Nobody may receive from it any more: everyone in its queues goes. */
void endpoint_close(struct endpoint *endpoint);

/* The thread calls with the words in its frame. OK and PENDING: it waits now; else nothing happened. */
status_t endpoint_call(struct thread *caller, struct endpoint *endpoint, uint64_t tag, uint64_t badge);
/* The server answers whom it serves with the words in its frame. INVALID: nothing happened, the right is still there.
   CANCELLED: the caller is gone. LIMIT: the caller was told that its table is full. */
status_t endpoint_reply(struct thread *server, uint64_t tag);
/* Wait for a call or a signal. PENDING: it waits, or its frame has the message already. TIMED_OUT, INTERRUPTED, KILLED. */
status_t endpoint_receive(struct thread *server, struct endpoint *endpoint, struct notification *notification,
			  uint64_t deadline_ns);
/*
 * Notifications: 64 bits that anybody signals and one waiter at a time takes, all at once. Bits signalled while nobody
 * waits stay until the next wait. Timers, irqs, paged objects and watchers hold a reference to the one they signal.
 */
struct notification {
	struct object object;
	uint64_t bits;
	struct list_node waiters; /* threads by notify_link, first come first served */
	/* Of the paged objects that signal it (memory/pager.c): dirty pages, their limits, who waits for fewer by wait_link. */
	uint64_t dirty, dirty_soft, dirty_hard, dirty_bits;
	struct list_node throttled;
};

struct notification *notification_create(struct account *account);
void notification_destroy(struct object *object);
void notification_signal(struct notification *notification, uint64_t bits);

#endif
