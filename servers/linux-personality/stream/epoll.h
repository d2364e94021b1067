/* SPDX-License-Identifier: MIT */
/*
 * epoll sets: what is watched, what may be ready (epoll(7)).
 *
 * A set's mutex guards its interest table and is held while files are asked and while events are copied out; mutexes of nested
 * sets are taken from the watching set to the watched one, and nesting has no loops. epoll_lock guards all ready lists, the
 * lists of links by file and by watched set, and links' events; it is taken inside wait queues' locks, by the callback. A link
 * holds no reference on its file: the file's end removes it, before the file's object is released, under the set's mutex; so
 * whoever holds that mutex may ask the file of any link in the set.
 */
#ifndef LICHEN_PERSONALITY_EPOLL_H
#define LICHEN_PERSONALITY_EPOLL_H

#include "abi/route.h"
#include "linux_abi/epoll.h"
#include "stream/poll_table.h"

#define EPOLL_LEVELS_MAX 5u /* sets on one chain of watching */

struct epoll;
struct process;

struct epoll_node {
	struct wait_node wait;
	struct epoll_node *next; /* further ones, allocated */
};

/* One watched file of one set. Letters: M the set's mutex, E epoll_lock, I immutable. */
struct epoll_link {
	struct epoll *epoll;          /* I */
	struct file *file;            /* I */
	struct epoll *target;         /* I; the watched file is this set, or NULL */
	struct process *process;      /* I; referenced: whose signals a watched signalfd tells of */
	int32_t fd;                   /* I */
	uint32_t events;              /* E, written under M too */
	uint64_t data;                /* M */
	struct epoll_link *next_hash; /* M */
	struct epoll_link *next_of_file, *previous_of_file; /* E; file->epoll_links */
	struct epoll_link *next_watcher;                    /* E; target->watchers */
	struct epoll_link *next_nested;                     /* E; epoll->nested */
	struct epoll_link *next_ready, *previous_ready;     /* E */
	bool ready;                                         /* E */
	uint64_t round;                                     /* M; the last collection that looked at it ... */
	uint32_t found;                                     /* M; ... and what it found */
	const uint64_t *state;                              /* I; the file's poll_state, or NULL */
	uint64_t state_then;                                /* M; its value before that look */
	struct epoll_node node;                             /* M; the first queue */
	bool node_used;
};

#define EPOLL_BUCKETS_FIRST 16u

struct epoll {
	uint32_t references; /* A; its file, and who closes a watched file */
	struct mutex mutex;
	struct epoll_link **buckets;                 /* M */
	uint32_t bucket_count, link_count;           /* M */
	uint64_t round;                              /* M */
	struct route_set *known;                     /* E, and the kernel reads it: see epoll_publish */
	uint32_t version;                            /* E; the last one of it */
	uint64_t changes;                            /* E; counts what may make more ready than was found */
	struct epoll_link *ready_first, *ready_last; /* E */
	struct epoll_link *watchers;                 /* E; links of other sets to this one */
	struct epoll_link *nested;                   /* E; links of this set to others */
	uint64_t level_stamp;                        /* E; of the memory of `level` */
	uint32_t level;
	struct wait_queue queue; /* waiters; its lock comes after epoll_lock */
};

extern struct lock epoll_lock;

/* poll_add for the table of an epoll entry. */
void epoll_join(struct poll_table *table, struct file *file, struct wait_queue *queue);

/* The interest table; M held. */
struct epoll_link *epoll_find(struct epoll *epoll, const struct file *file, int32_t fd);
/* Watch: 0, -ENOMEM, -ELOOP. */
int epoll_link_add(struct thread *self, struct epoll *epoll, struct file *file, int32_t fd,
		   const struct linux_epoll_event *event);
void epoll_link_change(struct epoll_link *link, const struct linux_epoll_event *event);
void epoll_link_remove(struct epoll_link *link);

/* The ready list; M held where links are handed out. */
bool epoll_any_ready(struct epoll *epoll);
struct epoll_link *epoll_take_ready(struct epoll *epoll);
void epoll_leave_ready(struct epoll_link *link); /* E held */
/* Newly ready: waiters and watching sets are told; or only on the list again. */
void epoll_put_ready(struct epoll_link *link);
void epoll_put_back(struct epoll_link *link);
/* Events of the link that are true now. */
uint32_t epoll_link_events(struct epoll_link *link);

/*
 * What the kernel answers by itself (abi/route.h, struct route_set): the ready list as a collection left it, when every link on
 * it is level-triggered, was found ready, and shows in a word of its file's (poll_state) that it still is. Any change of the
 * list ends that, so does whatever calls epoll_changed; what is ready besides is told by a wait queue, and changes the list.
 */
/* Files, links or events of the set change, or a file in it may have become ready. E held. */
void epoll_changed(struct epoll *epoll);
/* Publish, if `changes` still is what it was before the first file of the last collection was asked. M held. */
void epoll_publish(struct epoll *epoll, uint64_t changes);
/* The list was found empty: publish that, if it is. */
void epoll_publish_empty(struct epoll *epoll);
/* For the kernel's row of a set's file: the address of `known`. */
uint64_t epoll_known(const struct file *file);
bool epoll_is_known(const struct epoll *epoll);

struct epoll *epoll_create(void);
void epoll_put(struct epoll *epoll);
/* Room for a link from `epoll` to `target` without a loop or too long a chain: 0 or -ELOOP. E held. */
int epoll_nest_check(struct epoll *epoll, struct epoll *target);

#endif
