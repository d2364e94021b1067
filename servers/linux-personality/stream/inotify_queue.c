/* SPDX-License-Identifier: MIT */
/*
 * Queues of inotify events and the lists of watches.
 */
#include "stream/inotify.h"

#include <string.h>

#include "core/slab.h"
#include "core/survive.h"
#include "fs/inode.h"
#include "linux_abi/poll.h"

#define NAME_ALIGN ((uint32_t)sizeof(struct linux_inotify_event))

SURVIVES struct lock notify_lock;
SURVIVES uint32_t inotify_watch_total;

static size_t event_size(const struct inotify_event *event)
{
	return sizeof(*event) + event->name_length + 1;
}

void inotify_event_free(struct inotify_event *event)
{
	slab_free(event, event_size(event));
}

uint32_t inotify_event_bytes(const struct inotify_event *event)
{
	uint32_t name = event->name_length ? event->name_length + 1 : 0;
	return NAME_ALIGN + (name + NAME_ALIGN - 1) / NAME_ALIGN * NAME_ALIGN;
}

static bool same_as_last(const struct inotify *instance, const struct inotify_event *event)
{
	const struct inotify_event *last = instance->last;
	return last && last->watch == event->watch && last->mask == event->mask &&
	       last->cookie == event->cookie && last->name_length == event->name_length &&
	       memcmp(last->name, event->name, event->name_length) == 0;
}

static struct inotify_event *event_create(int32_t watch, uint32_t mask, const char *name, uint32_t cookie)
{
	uint32_t length = name ? (uint32_t)strlen(name) : 0;
	struct inotify_event *event = slab_allocate(sizeof(*event) + length + 1);
	if (!event)
		return NULL;
	event->watch = watch;
	event->mask = mask;
	event->cookie = cookie;
	event->name_length = length;
	if (length)
		memcpy(event->name, name, length);
	return event;
}

static void append(struct inotify *instance, struct inotify_event *event)
{
	if (instance->last)
		instance->last->next = event;
	else
		instance->first = event;
	instance->last = event;
	__atomic_store_n(&instance->event_count, instance->event_count + 1, __ATOMIC_RELEASE);
	wait_wake_all(&instance->queue, LINUX_POLL_READABLE);
}

/* A full queue, or no memory, ends with one overflow event. */
void inotify_queue_event(struct inotify *instance, int32_t watch, uint32_t mask, const char *name,
			 uint32_t cookie)
{
	bool full = instance->event_count >= INOTIFY_EVENTS_MAX;
	struct inotify_event *event = full ? NULL : event_create(watch, mask, name, cookie);
	if (!event)
		event = event_create(-1, LINUX_IN_Q_OVERFLOW, NULL, 0);
	if (!event)
		return;
	if (same_as_last(instance, event))
		inotify_event_free(event);
	else
		append(instance, event);
}

struct inode *inotify_watch_remove(struct inotify_watch *watch)
{
	struct inode *inode = watch->inode;
	struct inotify_watch **at = &inode->watches;
	while (*at != watch)
		at = &(*at)->next_of_inode;
	*at = watch->next_of_inode;
	at = &watch->instance->watches;
	while (*at != watch)
		at = &(*at)->next_of_instance;
	*at = watch->next_of_instance;
	watch->instance->watch_count--;
	__atomic_sub_fetch(&inotify_watch_total, 1, __ATOMIC_RELAXED);
	inotify_queue_event(watch->instance, watch->number, LINUX_IN_IGNORED, NULL, 0);
	slab_free(watch, sizeof(*watch));
	return inode;
}

struct inotify_event *inotify_take(struct inotify *instance, uint64_t room, bool *fits)
{
	struct inotify_event *event = instance->first;
	*fits = !event || inotify_event_bytes(event) <= room;
	if (!event || !*fits)
		return NULL;
	instance->first = event->next;
	if (!instance->first)
		instance->last = NULL;
	__atomic_store_n(&instance->event_count, instance->event_count - 1, __ATOMIC_RELEASE);
	return event;
}
