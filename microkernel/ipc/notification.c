/* SPDX-License-Identifier: MIT */
/*
 * Notifications: signalling wakes the first waiter with all bits, or leaves them for the next one.
 */
#include "ipc/notification.h"
#include "ipc/transfer.h"
#include "thread/thread.h"

struct notification *notification_create(struct account *account)
{
	struct notification *notification = object_allocate(KIND_NOTIFICATION, sizeof(*notification),
							    account);
	if (notification)
		list_init(&notification->waiters);
	return notification;
}

/* Handles can all be closed while another thread of their domain still waits. */
void notification_destroy(struct object *object)
{
	struct notification *notification = (struct notification *)object;
	while (!list_empty(&notification->waiters))
		thread_wake(list_entry(notification->waiters.next, struct thread, notify_link),
			    STATUS_CANCELLED, 0);
	object_free(object, sizeof(*notification));
}

void notification_signal(struct notification *notification, uint64_t bits)
{
	notification->bits |= bits;
	if (!notification->bits || list_empty(&notification->waiters))
		return;
	struct thread *waiter = list_entry(notification->waiters.next, struct thread, notify_link);
	message_notified(waiter, notification->bits);
	notification->bits = 0;
	thread_wake_answered(waiter);
}
