/* SPDX-License-Identifier: MIT */
/*
 * Ready lists: what the wait queues' callback does, how readiness climbs through nested sets, and the check of nesting.
 */
#include "stream/epoll.h"

#include <string.h>
#include "core/errno.h"
#include "core/survive.h"

#define PRIVATE_EVENTS (LINUX_EPOLLET | LINUX_EPOLLONESHOT | LINUX_EPOLLWAKEUP | LINUX_EPOLLEXCLUSIVE)

void wait_callback_epoll(struct wait_node *node, uint32_t key);

/* What is known is so no longer. E held. */
static void forget(struct epoll *epoll)
{
	__atomic_store_n(&epoll->known->version, 0, __ATOMIC_RELEASE);
}

void epoll_changed(struct epoll *epoll)
{
	epoll->changes++;
	forget(epoll);
}

static void ready_append(struct epoll_link *link)
{
	struct epoll *epoll = link->epoll;
	link->ready = true;
	link->next_ready = NULL;
	link->previous_ready = epoll->ready_last;
	if (epoll->ready_last)
		epoll->ready_last->next_ready = link;
	else
		epoll->ready_first = link;
	epoll->ready_last = link;
	forget(epoll);
}

void epoll_leave_ready(struct epoll_link *link)
{
	struct epoll *epoll = link->epoll;
	if (!link->ready)
		return;
	if (link->previous_ready)
		link->previous_ready->next_ready = link->next_ready;
	else
		epoll->ready_first = link->next_ready;
	if (link->next_ready)
		link->next_ready->previous_ready = link->previous_ready;
	else
		epoll->ready_last = link->previous_ready;
	link->ready = false;
	forget(epoll);
}

struct epoll_link *epoll_take_ready(struct epoll *epoll)
{
	struct epoll_link *link;
	lock_acquire(&epoll_lock);
	link = epoll->ready_first;
	if (link)
		epoll_leave_ready(link);
	lock_release(&epoll_lock);
	return link;
}

/* The link may be ready: on its set's list, a waiter woken, and the same for the sets that watch that set. E held. */
static void link_signal(struct epoll_link *link, uint32_t key)
{
	struct epoll *epoll = link->epoll;
	epoll_changed(epoll);
	if (!(link->events & ~PRIVATE_EVENTS) || (key && !(key & link->events)))
		return;
	if (!link->ready)
		ready_append(link);
	wait_wake_one(&epoll->queue, 0);
	for (struct epoll_link *watcher = epoll->watchers; watcher; watcher = watcher->next_watcher)
		link_signal(watcher, LINUX_POLL_READABLE);
}

void wait_callback_epoll(struct wait_node *node, uint32_t key)
{
	lock_acquire(&epoll_lock);
	link_signal(node->argument, key);
	lock_release(&epoll_lock);
}

void epoll_put_ready(struct epoll_link *link)
{
	lock_acquire(&epoll_lock);
	link_signal(link, 0);
	lock_release(&epoll_lock);
}

void epoll_put_back(struct epoll_link *link)
{
	lock_acquire(&epoll_lock);
	if (!link->ready)
		ready_append(link);
	lock_release(&epoll_lock);
}

uint32_t epoll_link_events(struct epoll_link *link)
{
	uint32_t events = __atomic_load_n(&link->events, __ATOMIC_RELAXED);
	if (!(events & ~PRIVATE_EVENTS) || !__atomic_load_n(&link->file->references, __ATOMIC_RELAXED))
		return 0;
	return poll_file(link->file, events, NULL) & events & ~PRIVATE_EVENTS;
}

static uint32_t level_down(struct epoll *epoll, struct epoll *top, uint64_t stamp)
{
	uint32_t deepest = 0;
	if (epoll == top)
		return EPOLL_LEVELS_MAX + 1;
	if (epoll->level_stamp == stamp)
		return epoll->level;
	for (struct epoll_link *link = epoll->nested; link && deepest <= EPOLL_LEVELS_MAX;
	     link = link->next_nested) {
		uint32_t below = level_down(link->target, top, stamp);
		deepest = below > deepest ? below : deepest;
	}
	epoll->level_stamp = stamp;
	epoll->level = deepest + 1;
	return epoll->level;
}

static uint32_t level_up(struct epoll *epoll, uint64_t stamp)
{
	uint32_t highest = 0;
	if (epoll->level_stamp == stamp)
		return epoll->level;
	for (struct epoll_link *link = epoll->watchers; link; link = link->next_watcher) {
		uint32_t above = level_up(link->epoll, stamp);
		highest = above > highest ? above : highest;
	}
	epoll->level_stamp = stamp;
	epoll->level = highest + 1;
	return epoll->level;
}

int epoll_nest_check(struct epoll *epoll, struct epoll *target)
{
	SURVIVES static uint64_t stamp;
	uint32_t below, above;
	stamp += 2;
	below = level_down(target, epoll, stamp);
	if (below > EPOLL_LEVELS_MAX)
		return -ELOOP;
	above = level_up(epoll, stamp + 1);
	return below + above > EPOLL_LEVELS_MAX ? -ELOOP : 0;
}

static bool list_empty(struct epoll *epoll)
{
	return !__atomic_load_n(&epoll->ready_first, __ATOMIC_ACQUIRE);
}

bool epoll_any_ready(struct epoll *epoll)
{
	struct epoll_link *link;
	bool found = false;
	if (list_empty(epoll))
		return false;
	mutex_acquire(&epoll->mutex);
	/* What is not ready any more leaves the list; the first that is goes back and ends the search. */
	while (!found && (link = epoll_take_ready(epoll))) {
		found = epoll_link_events(link) != 0;
		if (found)
			epoll_put_back(link);
	}
	mutex_release(&epoll->mutex);
	return found;
}

/* The link's entry, if the kernel can tell whether it stays true. */
static bool entry_fill(const struct epoll *epoll, const struct epoll_link *link,
		       struct route_set_entry *entry)
{
	struct linux_epoll_event event = { link->found, link->data };
	if (link->round != epoll->round || !link->state ||
	    link->events & (LINUX_EPOLLET | LINUX_EPOLLONESHOT))
		return false;
	entry->word = (uintptr_t)link->state;
	entry->value = link->state_then;
	memcpy(entry->answer, &event, sizeof(event));
	return true;
}

static void publish_locked(struct epoll *epoll)
{
	struct route_set *known = epoll->known;
	uint32_t count = 0;
	forget(epoll);
	for (const struct epoll_link *link = epoll->ready_first; link; link = link->next_ready) {
		if (count == ROUTE_SET_ENTRIES || !entry_fill(epoll, link, &known->entries[count]))
			return;
		count++;
	}
	known->count = count;
	known->answer_bytes = sizeof(struct linux_epoll_event);
	epoll->version = epoll->version + 1 ? epoll->version + 1 : 1;
	__atomic_store_n(&known->version, epoll->version, __ATOMIC_RELEASE);
}

void epoll_publish(struct epoll *epoll, uint64_t changes)
{
	lock_acquire(&epoll_lock);
	if (epoll->changes == changes)
		publish_locked(epoll);
	lock_release(&epoll_lock);
}

void epoll_publish_empty(struct epoll *epoll)
{
	lock_acquire(&epoll_lock);
	if (!epoll->ready_first)
		publish_locked(epoll);
	lock_release(&epoll_lock);
}

uint64_t epoll_known(const struct file *file)
{
	return (uintptr_t)((const struct epoll *)file->object)->known;
}

bool epoll_is_known(const struct epoll *epoll)
{
	return __atomic_load_n(&epoll->known->version, __ATOMIC_RELAXED);
}
