/* SPDX-License-Identifier: MIT */
/*
 * Collecting sockets that only messages refer to, when those messages lie in sockets that nobody can reach either.
 *
 * A socket whose file has no other references than those in flight is a candidate. References from the queues of candidates
 * (and of connections that wait at a candidate listener) are subtracted; a candidate with some left is reachable from outside,
 * and everything in its queue with it. What then remains is garbage: its rights are taken out and dropped. All under unix_lock,
 * with a scan of all sockets per pass; it runs when a socket is closed while others are in flight.
 */
#include "stream/unix_socket.h"

#include "stream/unix_message.h"

typedef void visit_right(struct unix_socket *socket, bool *changed);

static void visit_queue(struct unix_socket *socket, visit_right *visit, bool *changed)
{
	for (struct unix_message *message = socket->first; message; message = message->next) {
		for (uint32_t i = 0; message->rights && i < message->rights->count; i++) {
			struct unix_socket *right = unix_of_file(message->rights->files[i]);
			if (right && right->candidate)
				visit(right, changed);
		}
	}
}

static void visit_rights(struct unix_socket *socket, visit_right *visit, bool *changed)
{
	visit_queue(socket, visit, changed);
	for (struct unix_socket *embryo = socket->pending_first; embryo; embryo = embryo->next_pending)
		visit_queue(embryo, visit, changed);
}

static void subtract(struct unix_socket *socket, bool *changed)
{
	(void)changed;
	socket->collect_references--;
}

static void rescue(struct unix_socket *socket, bool *changed)
{
	if (!socket->collect_references)
		*changed = true;
	socket->collect_references = UINT32_MAX;
}

static void mark_candidates(void)
{
	for (struct unix_socket *socket = unix_all; socket; socket = socket->next_all) {
		struct file *file = socket->file;
		socket->candidate = file && socket->inflight &&
				    __atomic_load_n(&file->references, __ATOMIC_ACQUIRE) == socket->inflight;
		socket->collect_references = socket->inflight;
	}
}

static void mark_reachable(void)
{
	bool changed = false;
	for (struct unix_socket *socket = unix_all; socket; socket = socket->next_all) {
		if (socket->candidate)
			visit_rights(socket, subtract, &changed);
	}
	do {
		changed = false;
		for (struct unix_socket *socket = unix_all; socket; socket = socket->next_all) {
			if (socket->candidate && socket->collect_references)
				visit_rights(socket, rescue, &changed);
		}
	} while (changed);
}

static struct unix_rights *take_rights(struct unix_socket *socket, struct unix_rights *list)
{
	for (struct unix_message *message = socket->first; message; message = message->next) {
		struct unix_rights *rights = message->rights;
		if (!rights)
			continue;
		unix_rights_fly(rights, false);
		message->rights = NULL;
		rights->next = list;
		list = rights;
	}
	return list;
}

static struct unix_rights *take_garbage(void)
{
	struct unix_rights *list = NULL;
	for (struct unix_socket *socket = unix_all; socket; socket = socket->next_all) {
		if (!socket->candidate || socket->collect_references)
			continue;
		list = take_rights(socket, list);
		for (struct unix_socket *embryo = socket->pending_first; embryo;
		     embryo = embryo->next_pending)
			list = take_rights(embryo, list);
	}
	return list;
}

void unix_collect(void)
{
	struct unix_rights *list = NULL;
	lock_acquire(&unix_lock);
	if (unix_inflight) {
		mark_candidates();
		mark_reachable();
		list = take_garbage();
	}
	lock_release(&unix_lock);
	while (list) {
		struct unix_rights *rights = list;
		list = rights->next;
		unix_rights_drop(rights);
	}
}
