/* SPDX-License-Identifier: MIT */
/*
 * Signal queues: one list in order of arrival, and a bit for each signal in it.
 */
#include "signal/queue.h"

#include <stddef.h>

void signal_queue_add(struct signal_queue *queue, struct queued_signal *entry)
{
	queue->set |= SIGNAL_BIT(entry->info.number);
	entry->next = NULL;
	if (queue->last)
		queue->last->next = entry;
	else
		queue->first = entry;
	queue->last = entry;
}

int signal_queue_next(sigset_bits set)
{
	if (set & SIGNALS_SYNCHRONOUS)
		set &= SIGNALS_SYNCHRONOUS;
	return set ? __builtin_ctzll(set) + 1 : 0;
}

static void unlink_entry(struct signal_queue *queue, struct queued_signal *before,
			 struct queued_signal *entry)
{
	if (before)
		before->next = entry->next;
	else
		queue->first = entry->next;
	if (queue->last == entry)
		queue->last = before;
}

static bool has_entry(const struct queued_signal *entry, int number)
{
	while (entry && entry->info.number != number)
		entry = entry->next;
	return entry;
}

struct queued_signal *signal_queue_take(struct signal_queue *queue, int number)
{
	struct queued_signal *before = NULL, *entry = queue->first;
	while (entry && entry->info.number != number) {
		before = entry;
		entry = entry->next;
	}
	if (!entry) {
		queue->set &= ~SIGNAL_BIT(number);
		return NULL;
	}
	unlink_entry(queue, before, entry);
	if (!has_entry(entry->next, number))
		queue->set &= ~SIGNAL_BIT(number);
	entry->next = NULL;
	return entry;
}

struct queued_signal *signal_queue_flush(struct signal_queue *queue, sigset_bits set)
{
	struct queued_signal *removed = NULL, *before = NULL, *next;
	if (!(queue->set & set))
		return NULL;
	queue->set &= ~set;
	for (struct queued_signal *entry = queue->first; entry; entry = next) {
		next = entry->next;
		if (!(SIGNAL_BIT(entry->info.number) & set)) {
			before = entry;
			continue;
		}
		unlink_entry(queue, before, entry);
		entry->next = removed;
		removed = entry;
	}
	return removed;
}
