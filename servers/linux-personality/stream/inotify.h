/* SPDX-License-Identifier: MIT */
/*
 * inotify instances: watches on inodes, and a queue of events (inotify(7)).
 *
 * notify_lock guards all watches, the lists of inodes and instances, and all queues. A watch references its inode; whoever
 * takes a watch off gets that reference and puts it after releasing the lock.
 */
#ifndef LICHEN_PERSONALITY_INOTIFY_H
#define LICHEN_PERSONALITY_INOTIFY_H

#include "core/lock.h"
#include "core/wait.h"
#include "linux_abi/inotify.h"

#define INOTIFY_EVENTS_MAX 16384u /* /proc/sys/fs/inotify/max_queued_events */
#define INOTIFY_WATCHES_MAX 65536u

struct inode;

struct inotify_event {
	struct inotify_event *next;
	int32_t watch;
	uint32_t mask, cookie;
	uint32_t name_length; /* without NUL */
	char name[];
};

struct inotify_watch {
	struct inotify *instance;
	struct inode *inode;
	struct inotify_watch *next_of_inode, *next_of_instance;
	int32_t number;
	uint32_t mask; /* events and IN_EXCL_UNLINK, IN_ONESHOT */
};

struct inotify {
	struct inotify_watch *watches;
	uint32_t watch_count;
	int32_t last_number;
	struct inotify_event *first, *last;
	uint32_t event_count; /* A to look at */
	struct wait_queue queue;
};

extern struct lock notify_lock;
extern uint32_t inotify_watch_total; /* A */

/* All with notify_lock held. */
void inotify_queue_event(struct inotify *instance, int32_t watch, uint32_t mask, const char *name,
			 uint32_t cookie);
/* Take the watch off both lists and free it; tells IN_IGNORED. The caller puts the inode that is answered. */
struct inode *inotify_watch_remove(struct inotify_watch *watch);
/* The first event of the queue, now the caller's (inotify_event_free), if `room` bytes hold it; NULL and *fits. */
struct inotify_event *inotify_take(struct inotify *instance, uint64_t room, bool *fits);
void inotify_event_free(struct inotify_event *event);
/* As read(2) gives it: header and padded name. */
uint32_t inotify_event_bytes(const struct inotify_event *event);

#endif
