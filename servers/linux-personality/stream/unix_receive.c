/* SPDX-License-Identifier: MIT */
/*
 * Receiving. The read mutex makes the first message ours while it is copied out; it is let go while we wait.
 */
#include "core/errno.h"
#include "process/process.h"
#include "stream/anonymous.h"
#include "stream/unix_message.h"

static bool has_input(void *object)
{
	const struct unix_socket *socket = object;
	bool has;
	lock_acquire(&unix_lock);
	has = socket->first || socket->error || socket->shut & UNIX_SHUT_RECEIVE;
	lock_release(&unix_lock);
	return has;
}

/* The first message, whose sender and name are noted; or NULL. The read mutex is held. */
static struct unix_message *look(struct unix_socket *socket)
{
	struct unix_message *message;
	lock_acquire(&unix_lock);
	message = socket->first;
	lock_release(&unix_lock);
	return message;
}

static void consume(struct unix_socket *socket)
{
	struct unix_message *message;
	lock_acquire(&unix_lock);
	message = unix_message_take(socket);
	lock_release(&unix_lock);
	unix_message_free(message);
}

/* Nothing is queued: the pending error, the end (0 with *ended), or -EAGAIN. */
static int no_input(struct unix_socket *socket, bool *ended)
{
	int error;
	lock_acquire(&unix_lock);
	error = unix_take_error(socket);
	*ended = !error && socket->shut & UNIX_SHUT_RECEIVE;
	lock_release(&unix_lock);
	if (error)
		return error;
	return *ended ? 0 : -EAGAIN;
}

static int wait_input(struct thread *self, struct unix_socket *socket, uint64_t deadline_ns)
{
	int error = stream_wait(self, &socket->read_queue, has_input, socket, deadline_ns);
	return unix_wait_error(error, socket->options.receive_timeout_ns);
}

static void note_sender(const struct unix_message *message, struct socket_receive *receive)
{
	receive->has_credentials = true;
	receive->credentials = message->credentials;
	lock_acquire(&unix_lock);
	receive->name_length = message->address ? unix_show_name(message->address, &receive->name) : 0;
	lock_release(&unix_lock);
}

/* Peeking copies the rights; receiving takes them out of flight. Without memory for the copy they are left out. */
static void receive_rights(struct unix_message *message, struct socket_receive *receive)
{
	struct unix_rights *rights = message->rights;
	if (!rights)
		return;
	if (receive->flags & LINUX_MSG_PEEK) {
		receive->rights = unix_rights_copy(rights);
		return;
	}
	lock_acquire(&unix_lock);
	unix_rights_fly(rights, false);
	message->rights = NULL;
	lock_release(&unix_lock);
	receive->rights = rights;
}

static bool same_sender(const struct unix_message *message, const struct socket_receive *receive)
{
	return message->credentials.pid == receive->credentials.pid &&
	       message->credentials.uid == receive->credentials.uid &&
	       message->credentials.gid == receive->credentials.gid;
}

struct stream_state {
	int64_t done;
	bool stop; /* rights were received, or another sender's message follows */
};

static void advance(struct unix_socket *socket, struct unix_message *message, uint32_t bytes)
{
	lock_acquire(&unix_lock);
	message->offset += bytes;
	socket->queued_bytes -= bytes;
	lock_release(&unix_lock);
	if (message->offset == message->length)
		consume(socket);
}

/* Copy from the first message (or, peeking, a later one): 0 or -EFAULT. */
static int stream_take(struct unix_socket *socket, struct unix_message *message,
		       struct socket_receive *receive, struct stream_state *state)
{
	bool passes = socket->options.set & 1u << LINUX_SO_PASSCRED;
	int64_t moved;
	if (!receive->has_credentials) {
		note_sender(message, receive);
	} else if (passes && !same_sender(message, receive)) {
		state->stop = true;
		return 0;
	}
	moved = iter_to_guest(receive->iter, message->data + message->offset,
			      message->length - message->offset);
	if (moved <= 0)
		return -EFAULT;
	state->done += moved;
	state->stop = message->rights;
	receive_rights(message, receive);
	if (!(receive->flags & LINUX_MSG_PEEK))
		advance(socket, message, (uint32_t)moved);
	return 0;
}

/* What is queued and fits; the read mutex is held. */
static int stream_take_all(struct unix_socket *socket, struct socket_receive *receive,
			   struct stream_state *state)
{
	struct unix_message *message = look(socket);
	int error = 0;
	while (message && !error && !state->stop && receive->iter->remaining) {
		struct unix_message *next = message->next;
		error = stream_take(socket, message, receive, state);
		message = receive->flags & LINUX_MSG_PEEK ? next : look(socket);
	}
	return error;
}

static int64_t stream_receive_check(const struct unix_socket *socket)
{
	return socket->state == UNIX_CONNECTED ? 0 : -EINVAL;
}

static int64_t stream_target(const struct unix_socket *socket, const struct socket_receive *receive)
{
	int64_t low = socket->options.receive_low;
	if (receive->flags & LINUX_MSG_WAITALL || low > (int64_t)receive->iter->remaining)
		low = (int64_t)receive->iter->remaining;
	return low ? low : 1;
}

static int64_t stream_receive(struct thread *self, struct unix_socket *socket, struct socket_receive *receive)
{
	uint64_t deadline_ns = unix_deadline(socket->options.receive_timeout_ns);
	int64_t error = stream_receive_check(socket), target = stream_target(socket, receive);
	struct stream_state state = { 0, false };
	bool ended = false;
	while (!error && !ended && !state.stop && state.done < target) {
		mutex_acquire(&socket->read_mutex);
		error = stream_take_all(socket, receive, &state);
		mutex_release(&socket->read_mutex);
		if (error || state.stop || state.done >= target || !receive->iter->remaining)
			break;
		error = look(socket) ? 0 : no_input(socket, &ended);
		if (receive->flags & LINUX_MSG_PEEK && state.done)
			break;
		if (error == -EAGAIN && receive->block)
			error = wait_input(self, socket, deadline_ns);
	}
	return state.done ? state.done : error;
}

/* One record; the read mutex is held. -EAGAIN: none is there. */
static int64_t record_take(struct unix_socket *socket, struct socket_receive *receive)
{
	struct unix_message *message = look(socket);
	int64_t moved, length;
	bool ended;
	if (!message) {
		moved = no_input(socket, &ended);
		return ended && !unix_is_connection(socket) && !receive->block ? -EAGAIN : moved;
	}
	length = message->length;
	moved = iter_to_guest(receive->iter, message->data, message->length);
	note_sender(message, receive);
	if (moved >= 0)
		receive_rights(message, receive);
	if (!(receive->flags & LINUX_MSG_PEEK))
		consume(socket);
	if (moved < 0)
		return moved;
	receive->flags_out |= moved < length ? LINUX_MSG_TRUNC : 0;
	return receive->flags & LINUX_MSG_TRUNC ? length : moved;
}

static int64_t record_receive(struct thread *self, struct unix_socket *socket, struct socket_receive *receive)
{
	uint64_t deadline_ns = unix_deadline(socket->options.receive_timeout_ns);
	int64_t result;
	if (unix_is_connection(socket) && socket->state != UNIX_CONNECTED)
		return -ENOTCONN;
	for (;;) {
		mutex_acquire(&socket->read_mutex);
		result = record_take(socket, receive);
		mutex_release(&socket->read_mutex);
		if (result != -EAGAIN || !receive->block)
			return result;
		result = wait_input(self, socket, deadline_ns);
		if (result)
			return result;
	}
}

int64_t unix_receive(struct thread *self, struct unix_socket *socket, struct socket_receive *receive)
{
	if (receive->flags & LINUX_MSG_OOB)
		return -EOPNOTSUPP;
	return socket->type == LINUX_SOCK_STREAM ? stream_receive(self, socket, receive)
						 : record_receive(self, socket, receive);
}
