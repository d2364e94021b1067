/* SPDX-License-Identifier: MIT */
/*
 * Notifications: 64 bits that anybody signals and one waiter at a time takes, all at once.
 *
 * Bits signalled while nobody waits stay until the next wait. Timers, irqs, paged objects and watchers hold a
 * reference to the notification they signal.
 */
#ifndef LICHEN_IPC_NOTIFICATION_H
#define LICHEN_IPC_NOTIFICATION_H

#include "object/object.h"
#include "structure/list.h"

struct notification {
	struct object object;
	uint64_t bits;
	struct list_node waiters; /* threads by notify_link, first come first served */
};

struct notification *notification_create(struct account *account);
void notification_destroy(struct object *object);
void notification_signal(struct notification *notification, uint64_t bits);

#endif
