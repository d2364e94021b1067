/* SPDX-License-Identifier: MIT */
/*
 * Listening, connecting, accepting, shutting down.
 *
 * connect makes the server's socket (the embryo) and puts it into the listener's queue; accept gives it a file. A connection is
 * usable by the client from then on.
 */
#include "core/errno.h"
#include "core/slab.h"
#include "linux_abi/poll.h"
#include "process/process.h"
#include "stream/anonymous.h"
#include "stream/unix_message.h"

int unix_listen(struct thread *self, struct unix_socket *socket, int32_t backlog)
{
	int error = 0;
	if (!unix_is_connection(socket))
		return -EOPNOTSUPP;
	lock_acquire(&unix_lock);
	if (!socket->address || socket->state == UNIX_CONNECTED) {
		error = -EINVAL;
	} else {
		socket->state = UNIX_LISTENING;
		socket->backlog = (uint32_t)backlog > LINUX_SOMAXCONN ? LINUX_SOMAXCONN : (uint32_t)backlog;
		socket->identity = unix_identity(self);
		wait_wake_all(&socket->room_queue, 0);
	}
	lock_release(&unix_lock);
	return error;
}

/* May a connection enter the listener's queue: 0, 1 when it is full, or an error. U. */
static int connect_check(const struct unix_socket *socket, const struct unix_socket *listener)
{
	if (socket->state != UNIX_UNCONNECTED)
		return socket->state == UNIX_CONNECTED ? -EISCONN : -EINVAL;
	if (listener->dead || listener->state != UNIX_LISTENING || listener->shut & UNIX_SHUT_RECEIVE)
		return -ECONNREFUSED;
	return listener->pending_count > listener->backlog;
}

static void pending_append(struct unix_socket *listener, struct unix_socket *embryo)
{
	if (listener->pending_last)
		listener->pending_last->next_pending = embryo;
	else
		listener->pending_first = embryo;
	listener->pending_last = embryo;
	listener->pending_count++;
	wait_wake_one(&listener->read_queue, LINUX_POLL_READABLE);
}

/* U. */
static void connect_commit(struct unix_socket *socket, struct unix_socket *listener,
			   struct unix_socket *embryo, struct linux_ucred client)
{
	if (listener->address) {
		embryo->address = listener->address;
		__atomic_add_fetch(&listener->address->references, 1, __ATOMIC_RELAXED);
	}
	embryo->identity = socket->peer_identity = listener->identity;
	embryo->peer_identity = client;
	embryo->options.send_buffer = listener->options.send_buffer;
	embryo->options.set = listener->options.set & 1u << LINUX_SO_PASSCRED;
	unix_connect_pair(socket, embryo);
	pending_append(listener, embryo);
}

static bool listener_has_room(void *object)
{
	const struct unix_socket *listener = object;
	bool room;
	lock_acquire(&unix_lock);
	room = listener->dead || listener->state != UNIX_LISTENING || listener->shut & UNIX_SHUT_RECEIVE ||
	       listener->pending_count <= listener->backlog;
	lock_release(&unix_lock);
	return room;
}

static int connect_once(struct thread *self, struct unix_socket *socket, struct unix_socket *listener,
			struct unix_socket *embryo)
{
	struct linux_ucred client = unix_identity(self);
	int result;
	lock_acquire(&unix_lock);
	result = connect_check(socket, listener);
	if (!result)
		connect_commit(socket, listener, embryo, client);
	lock_release(&unix_lock);
	return result;
}

static int connect_to(struct thread *self, struct unix_socket *socket, struct unix_socket *listener,
		      bool block)
{
	uint64_t timeout_ns = socket->options.send_timeout_ns, deadline_ns = unix_deadline(timeout_ns);
	struct unix_socket *embryo = unix_create(socket->type);
	int result;
	if (!embryo)
		return -ENOMEM;
	while ((result = connect_once(self, socket, listener, embryo)) > 0) {
		result = block ? stream_wait(self, &listener->room_queue, listener_has_room, listener,
					     deadline_ns)
			       : -EAGAIN;
		if (result)
			break;
	}
	if (result)
		unix_close(embryo);
	return unix_wait_error(result, timeout_ns);
}

static int connect_stream(struct thread *self, struct unix_socket *socket, const uint8_t *name,
			  uint32_t length, bool block)
{
	struct unix_socket *listener;
	int error = unix_find(self, socket->type, name, length, &listener);
	if (!error && socket->options.set & 1u << LINUX_SO_PASSCRED)
		error = unix_autobind(socket);
	if (error)
		return error;
	error = connect_to(self, socket, listener, block);
	unix_put(listener);
	return error;
}

static int datagram_peer_set(struct unix_socket *socket, struct unix_socket *peer)
{
	int error = 0;
	lock_acquire(&unix_lock);
	if (peer && peer->dead)
		error = -ECONNREFUSED;
	else if (peer && peer->peer && peer->peer != socket)
		error = -EPERM;
	if (!error)
		unix_set_peer(socket, peer);
	if (!error && !peer)
		socket->state = UNIX_UNCONNECTED;
	if (!error && peer)
		socket->peer_identity = peer->identity;
	lock_release(&unix_lock);
	return error;
}

static int connect_datagram(struct thread *self, struct unix_socket *socket, const uint8_t *name,
			    uint32_t length)
{
	struct unix_socket *peer;
	int error;
	if (length >= 2 && name[0] == LINUX_AF_UNSPEC && !name[1])
		return datagram_peer_set(socket, NULL);
	error = unix_find(self, socket->type, name, length, &peer);
	if (error)
		return error;
	error = datagram_peer_set(socket, peer);
	unix_put(peer);
	return error;
}

int unix_connect(struct thread *self, struct unix_socket *socket, const uint8_t *name, uint32_t length,
		 bool block)
{
	return unix_is_connection(socket) ? connect_stream(self, socket, name, length, block)
					  : connect_datagram(self, socket, name, length);
}

static bool has_pending(void *object)
{
	const struct unix_socket *socket = object;
	bool has;
	lock_acquire(&unix_lock);
	has = socket->pending_first || socket->shut & UNIX_SHUT_RECEIVE;
	lock_release(&unix_lock);
	return has;
}

static struct unix_socket *pending_take(struct unix_socket *listener)
{
	struct unix_socket *embryo;
	lock_acquire(&unix_lock);
	embryo = listener->pending_first;
	if (embryo) {
		listener->pending_first = embryo->next_pending;
		if (!listener->pending_first)
			listener->pending_last = NULL;
		listener->pending_count--;
		embryo->next_pending = NULL;
		wait_wake_one(&listener->room_queue, 0);
	}
	lock_release(&unix_lock);
	return embryo;
}

int unix_accept(struct thread *self, struct unix_socket *socket, bool block, struct unix_socket **accepted)
{
	uint64_t timeout_ns = socket->options.receive_timeout_ns, deadline_ns = unix_deadline(timeout_ns);
	if (!unix_is_connection(socket))
		return -EOPNOTSUPP;
	if (socket->state != UNIX_LISTENING)
		return -EINVAL;
	while (!(*accepted = pending_take(socket))) {
		int error = block ? stream_wait(self, &socket->read_queue, has_pending, socket, deadline_ns)
				  : -EAGAIN;
		if (error)
			return unix_wait_error(error, timeout_ns);
		if (socket->shut & UNIX_SHUT_RECEIVE && !socket->pending_first)
			return -EINVAL;
	}
	return 0;
}

int unix_shutdown(struct unix_socket *socket, int32_t how)
{
	static const uint32_t own[] = { UNIX_SHUT_RECEIVE, UNIX_SHUT_SEND, UNIX_SHUT_BOTH };
	static const uint32_t others[] = { UNIX_SHUT_SEND, UNIX_SHUT_RECEIVE, UNIX_SHUT_BOTH };
	if (how < LINUX_SHUT_RD || how > LINUX_SHUT_RDWR)
		return -EINVAL;
	lock_acquire(&unix_lock);
	socket->shut |= own[how];
	unix_wake(socket);
	if (socket->peer && unix_is_connection(socket)) {
		socket->peer->shut |= others[how];
		unix_wake(socket->peer);
	}
	lock_release(&unix_lock);
	return 0;
}
