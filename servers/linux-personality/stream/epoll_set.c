/* SPDX-License-Identifier: MIT */
/*
 * Sets and links: making, finding, removing, and the ends of files and sets.
 */
#include "stream/epoll.h"

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/kinds.h"
#include "process/tree.h"

SURVIVES struct lock epoll_lock;

static void epoll_free(struct epoll *epoll)
{
	if (epoll->buckets)
		slab_free(epoll->buckets, epoll->bucket_count * sizeof(epoll->buckets[0]));
	if (epoll->known)
		slab_free(epoll->known, sizeof(*epoll->known));
	slab_free(epoll, sizeof(*epoll));
}

struct epoll *epoll_create(void)
{
	struct epoll *epoll = slab_allocate(sizeof(*epoll));
	if (!epoll)
		return NULL;
	epoll->references = 1;
	epoll_lock.rank = RANK_READY;
	epoll->bucket_count = EPOLL_BUCKETS_FIRST;
	epoll->buckets = slab_allocate(EPOLL_BUCKETS_FIRST * sizeof(epoll->buckets[0]));
	wait_queue_init(&epoll->queue);
	lock_init(&epoll->queue.lock, RANK_READY_QUEUE);
	epoll->known = slab_allocate(sizeof(*epoll->known));
	if (epoll->buckets && epoll->known)
		return epoll;
	epoll_free(epoll);
	return NULL;
}

void epoll_put(struct epoll *epoll)
{
	if (__atomic_sub_fetch(&epoll->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	epoll_free(epoll);
}

static struct epoll_link **bucket_of(struct epoll *epoll, const struct file *file, int32_t fd)
{
	uint64_t hash = ((uintptr_t)file >> 6) * 31 + (uint32_t)fd;
	return &epoll->buckets[hash & (epoll->bucket_count - 1)];
}

struct epoll_link *epoll_find(struct epoll *epoll, const struct file *file, int32_t fd)
{
	struct epoll_link *link = *bucket_of(epoll, file, fd);
	while (link && (link->file != file || link->fd != fd))
		link = link->next_hash;
	return link;
}

static void hash_insert(struct epoll *epoll, struct epoll_link *link)
{
	struct epoll_link **bucket = bucket_of(epoll, link->file, link->fd);
	link->next_hash = *bucket;
	*bucket = link;
}

/* Twice the buckets, if there is memory: without it the chains grow. */
static void hash_grow(struct epoll *epoll)
{
	uint32_t count = epoll->bucket_count;
	struct epoll_link **old = epoll->buckets;
	struct epoll_link **fresh = slab_allocate(2 * count * sizeof(old[0]));
	if (!fresh)
		return;
	epoll->buckets = fresh;
	epoll->bucket_count = 2 * count;
	for (uint32_t i = 0; i < count; i++) {
		while (old[i]) {
			struct epoll_link *link = old[i];
			old[i] = link->next_hash;
			hash_insert(epoll, link);
		}
	}
	slab_free(old, count * sizeof(old[0]));
}

static void hash_remove(struct epoll *epoll, struct epoll_link *link)
{
	struct epoll_link **at = bucket_of(epoll, link->file, link->fd);
	while (*at != link)
		at = &(*at)->next_hash;
	*at = link->next_hash;
	epoll->link_count--;
}

void epoll_join(struct poll_table *table, struct file *file, struct wait_queue *queue)
{
	struct epoll_link *link = table->entry;
	struct epoll_node *node = &link->node;
	if (file->kind == FILE_EPOLL)
		return;
	if (link->node_used) {
		node = slab_allocate(sizeof(*node));
		if (!node) {
			table->error = -ENOMEM;
			return;
		}
		node->next = link->node.next;
		link->node.next = node;
	}
	link->node_used = true;
	node->wait.callback = WAIT_CALLBACK_EPOLL;
	node->wait.argument = link;
	if (link->events & LINUX_EPOLLEXCLUSIVE)
		wait_prepare_exclusive(table->thread, &node->wait, queue);
	else
		wait_prepare(table->thread, &node->wait, queue);
}

static void link_leave_queues(struct epoll_link *link)
{
	struct epoll_node *node;
	wait_finish(NULL, &link->node.wait);
	while ((node = link->node.next)) {
		link->node.next = node->next;
		wait_finish(NULL, &node->wait);
		slab_free(node, sizeof(*node));
	}
}

static void list_enter(struct epoll_link *link)
{
	struct file *file = link->file;
	link->next_of_file = file->epoll_links;
	if (file->epoll_links)
		file->epoll_links->previous_of_file = link;
	file->epoll_links = link;
	if (link->target) {
		link->next_watcher = link->target->watchers;
		link->target->watchers = link;
		link->next_nested = link->epoll->nested;
		link->epoll->nested = link;
	}
}

static void list_leave_nesting(struct epoll_link *link)
{
	struct epoll_link **at = &link->target->watchers;
	while (*at != link)
		at = &(*at)->next_watcher;
	*at = link->next_watcher;
	at = &link->epoll->nested;
	while (*at != link)
		at = &(*at)->next_nested;
	*at = link->next_nested;
}

static void list_leave(struct epoll_link *link)
{
	if (link->previous_of_file)
		link->previous_of_file->next_of_file = link->next_of_file;
	else
		link->file->epoll_links = link->next_of_file;
	if (link->next_of_file)
		link->next_of_file->previous_of_file = link->previous_of_file;
	if (link->target)
		list_leave_nesting(link);
}

static int link_enter(struct epoll_link *link)
{
	int error = 0;
	lock_acquire(&epoll_lock);
	if (link->target)
		error = epoll_nest_check(link->epoll, link->target);
	epoll_changed(link->epoll);
	if (!error)
		list_enter(link);
	lock_release(&epoll_lock);
	return error;
}

static void link_free(struct epoll_link *link)
{
	if (link->process)
		process_put(link->process);
	slab_free(link, sizeof(*link));
}

static struct epoll_link *link_create(struct thread *self, struct epoll *epoll, struct file *file, int32_t fd)
{
	struct epoll_link *link = slab_allocate(sizeof(*link));
	if (!link)
		return NULL;
	link->epoll = epoll;
	link->file = file;
	link->fd = fd;
	if (file_operations_table[file->kind]->poll_state)
		link->state = file_operations_table[file->kind]->poll_state(file);
	link->target = file->kind == FILE_EPOLL ? file->object : NULL;
	if (file->kind == FILE_SIGNALFD) {
		link->process = self->process;
		process_get(link->process);
	}
	return link;
}

/* Join the file's queues and note what is true already. */
static int link_start(struct thread *self, struct epoll_link *link)
{
	struct poll_table table = { .thread = self, .entry = link };
	uint32_t events = poll_file(link->file, link->events, &table);
	if (table.error)
		return table.error;
	if (events)
		epoll_put_ready(link);
	return 0;
}

int epoll_link_add(struct thread *self, struct epoll *epoll, struct file *file, int32_t fd,
		   const struct linux_epoll_event *event)
{
	struct epoll_link *link = link_create(self, epoll, file, fd);
	int error;
	if (!link)
		return -ENOMEM;
	link->events = event->events | LINUX_POLLERR | LINUX_POLLHUP;
	link->data = event->data;
	error = link_enter(link);
	if (error) {
		link_free(link);
		return error;
	}
	if (epoll->link_count >= 2 * epoll->bucket_count)
		hash_grow(epoll);
	hash_insert(epoll, link);
	epoll->link_count++;
	error = link_start(self, link);
	if (error)
		epoll_link_remove(link);
	return error;
}

void epoll_link_change(struct epoll_link *link, const struct linux_epoll_event *event)
{
	lock_acquire(&epoll_lock);
	link->events = event->events | LINUX_POLLERR | LINUX_POLLHUP;
	epoll_changed(link->epoll);
	lock_release(&epoll_lock);
	link->data = event->data;
	if (epoll_link_events(link))
		epoll_put_ready(link);
}

/* First no callback any more, then no list. */
void epoll_link_remove(struct epoll_link *link)
{
	link_leave_queues(link);
	lock_acquire(&epoll_lock);
	epoll_changed(link->epoll);
	epoll_leave_ready(link);
	list_leave(link);
	lock_release(&epoll_lock);
	hash_remove(link->epoll, link);
	link_free(link);
}

/* A set that watches the file, referenced. */
static struct epoll *watching_set(struct file *file)
{
	struct epoll *epoll = NULL;
	lock_acquire(&epoll_lock);
	if (file->epoll_links) {
		epoll = file->epoll_links->epoll;
		__atomic_add_fetch(&epoll->references, 1, __ATOMIC_RELAXED);
	}
	lock_release(&epoll_lock);
	return epoll;
}

static struct epoll_link *link_in_set(struct file *file, struct epoll *epoll)
{
	struct epoll_link *link;
	lock_acquire(&epoll_lock);
	for (link = file->epoll_links; link && link->epoll != epoll; link = link->next_of_file)
		;
	lock_release(&epoll_lock);
	return link;
}

void epoll_file_closed(struct file *file)
{
	struct epoll *epoll;
	while ((epoll = watching_set(file))) {
		struct epoll_link *link;
		mutex_acquire(&epoll->mutex);
		while ((link = link_in_set(file, epoll)))
			epoll_link_remove(link);
		mutex_release(&epoll->mutex);
		epoll_put(epoll);
	}
}
