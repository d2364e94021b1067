/* SPDX-License-Identifier: MIT */
/*
 * Sending: a stream is cut into messages of bounded size; a datagram or record is one message.
 */
#include "core/clock.h"
#include "core/errno.h"
#include "process/process.h"
#include "runtime/kernel.h"
#include "stream/anonymous.h"
#include "stream/pipe.h"
#include "stream/unix_message.h"

#define STREAM_CHUNK 32768u
#define DATAGRAM_SPARE 32u

uint64_t unix_deadline(uint64_t timeout_ns)
{
	return timeout_ns ? clock_monotonic_ns() + timeout_ns : DEADLINE_NEVER;
}

int unix_wait_error(int error, uint64_t timeout_ns)
{
	if (error == -ETIMEDOUT)
		return -EAGAIN;
	return error == -ERESTARTSYS && timeout_ns ? -EINTR : error;
}

static bool may_charge(void *object)
{
	const struct unix_socket *socket = object;
	bool may;
	lock_acquire(&unix_lock);
	may = socket->error || socket->shut & UNIX_SHUT_SEND || socket->charged < socket->options.send_buffer;
	lock_release(&unix_lock);
	return may;
}

/* Wait until our own share of memory allows another message: 0, -EAGAIN, a signal, the pending error. */
static int charge_wait(struct thread *self, struct unix_socket *socket, bool block)
{
	uint64_t timeout_ns = socket->options.send_timeout_ns;
	int error;
	if (!block && !may_charge(socket))
		return -EAGAIN;
	error = stream_wait(self, &socket->write_queue, may_charge, socket, unix_deadline(timeout_ns));
	if (error)
		return unix_wait_error(error, timeout_ns);
	lock_acquire(&unix_lock);
	error = unix_take_error(socket);
	lock_release(&unix_lock);
	return error;
}

/* Into the peer's queue, or -EPIPE; the message is taken over. */
static int stream_push(struct unix_socket *socket, struct unix_message *message)
{
	struct unix_socket *peer;
	int error = 0;
	lock_acquire(&unix_lock);
	peer = socket->peer;
	if (!peer || peer->dead || socket->shut & UNIX_SHUT_SEND || peer->shut & UNIX_SHUT_RECEIVE)
		error = -EPIPE;
	else
		unix_message_queue(peer, message);
	lock_release(&unix_lock);
	if (error)
		unix_message_free(message);
	return error;
}

static int stream_send_chunk(struct thread *self, struct unix_socket *socket, struct socket_send *send)
{
	uint32_t bytes = socket->options.send_buffer / 2 - 64;
	struct unix_message *message;
	int error = charge_wait(self, socket, send->block);
	if (error)
		return error;
	if (bytes > STREAM_CHUNK)
		bytes = STREAM_CHUNK;
	if (bytes > send->iter->remaining)
		bytes = (uint32_t)send->iter->remaining;
	message = unix_message_create(socket, send, bytes, &error);
	if (!message)
		return error;
	message->rights = send->rights;
	send->rights = NULL;
	error = stream_push(socket, message);
	return error ? error : (int)bytes;
}

static int stream_send_check(struct unix_socket *socket, const struct socket_send *send)
{
	int error = 0;
	lock_acquire(&unix_lock);
	if (send->has_name)
		error = socket->state == UNIX_CONNECTED ? -EISCONN : -EOPNOTSUPP;
	else if (!socket->peer)
		error = -ENOTCONN;
	else if (socket->shut & UNIX_SHUT_SEND)
		error = -EPIPE;
	lock_release(&unix_lock);
	return error;
}

static int64_t stream_send(struct thread *self, struct unix_socket *socket, struct socket_send *send)
{
	int64_t done = 0;
	int moved = stream_send_check(socket, send);
	while (moved >= 0 && send->iter->remaining) {
		moved = stream_send_chunk(self, socket, send);
		done += moved > 0 ? moved : 0;
	}
	if (moved == -EPIPE && !done && !(send->flags & LINUX_MSG_NOSIGNAL))
		(void)pipe_broken(self);
	return done ? done : moved;
}

/* To whom: by name, or the peer; referenced. */
static int datagram_target(struct thread *self, struct unix_socket *socket, const struct socket_send *send,
			   struct unix_socket **target)
{
	if (send->has_name && !unix_is_connection(socket))
		return unix_find(self, socket->type, send->name, send->name_length, target);
	lock_acquire(&unix_lock);
	*target = socket->peer;
	if (*target)
		unix_get(*target);
	lock_release(&unix_lock);
	return *target ? 0 : -ENOTCONN;
}

/* Our peer is gone: a datagram socket forgets it. U. */
static int target_dead(struct unix_socket *socket, const struct unix_socket *target)
{
	if (unix_is_connection(socket))
		return -EPIPE;
	if (socket->peer == target) {
		unix_set_peer(socket, NULL);
		socket->state = UNIX_UNCONNECTED;
	}
	return -ECONNREFUSED;
}

/* May the message go there now: 0, 1 when its queue is full, or an error. U. */
static int datagram_check(struct unix_socket *socket, struct unix_socket *target)
{
	if (socket->shut & UNIX_SHUT_SEND)
		return -EPIPE;
	if (target->dead)
		return target_dead(socket, target);
	if (target->peer && target->peer != socket)
		return -EPERM;
	if (target->shut & UNIX_SHUT_RECEIVE)
		return -EPIPE;
	return target != socket && target->peer != socket && unix_is_full(target);
}

static bool target_has_room(void *object)
{
	const struct unix_socket *target = object;
	bool room;
	lock_acquire(&unix_lock);
	room = target->dead || target->shut & UNIX_SHUT_RECEIVE || !unix_is_full(target);
	lock_release(&unix_lock);
	return room;
}

/* Queue it; 1: the queue is full. On success the message is taken over. */
static int datagram_push(struct unix_socket *socket, struct unix_socket *target, struct unix_message *message)
{
	int result;
	lock_acquire(&unix_lock);
	result = datagram_check(socket, target);
	if (!result)
		unix_message_queue(target, message);
	lock_release(&unix_lock);
	return result;
}

static int datagram_deliver(struct thread *self, struct unix_socket *socket, struct unix_socket *target,
			    struct unix_message *message, bool block)
{
	uint64_t timeout_ns = socket->options.send_timeout_ns, deadline_ns = unix_deadline(timeout_ns);
	int result;
	while ((result = datagram_push(socket, target, message)) > 0) {
		int error = block ? stream_wait(self, &target->room_queue, target_has_room, target,
						deadline_ns)
				  : -EAGAIN;
		if (error)
			return unix_wait_error(error, timeout_ns);
	}
	return result;
}

static int64_t datagram_send_to(struct thread *self, struct unix_socket *socket, struct unix_socket *target,
				struct socket_send *send)
{
	uint32_t bytes = (uint32_t)send->iter->remaining;
	struct unix_message *message;
	int error = charge_wait(self, socket, send->block);
	if (error)
		return error;
	message = unix_message_create(socket, send, bytes, &error);
	if (!message)
		return error;
	message->rights = send->rights;
	send->rights = NULL;
	error = datagram_deliver(self, socket, target, message, send->block);
	if (error)
		unix_message_free(message);
	return error ? error : (int64_t)bytes;
}

static int64_t datagram_send(struct thread *self, struct unix_socket *socket, struct socket_send *send)
{
	struct unix_socket *target;
	int64_t result;
	if (unix_is_connection(socket) && socket->state != UNIX_CONNECTED)
		return -ENOTCONN;
	if (socket->options.set & 1u << LINUX_SO_PASSCRED && !socket->address &&
	    (result = unix_autobind(socket)))
		return result;
	if (send->iter->remaining > socket->options.send_buffer - DATAGRAM_SPARE)
		return -EMSGSIZE;
	result = datagram_target(self, socket, send, &target);
	if (result)
		return result;
	result = datagram_send_to(self, socket, target, send);
	unix_put(target);
	return result;
}

int64_t unix_send(struct thread *self, struct unix_socket *socket, struct socket_send *send)
{
	if (send->flags & LINUX_MSG_OOB)
		return -EOPNOTSUPP;
	return socket->type == LINUX_SOCK_STREAM ? stream_send(self, socket, send)
						 : datagram_send(self, socket, send);
}
