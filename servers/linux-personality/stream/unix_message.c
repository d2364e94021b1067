/* SPDX-License-Identifier: MIT */
/*
 * Messages in queues. What a message costs its sender follows Linux's size of a socket buffer, so that as much fits into a
 * socket as there.
 */
#include "stream/unix_message.h"

#include "core/errno.h"
#include "core/slab.h"
#include "linux_abi/poll.h"

#define BUFFER_OVERHEAD 256u
#define BUFFER_TAIL 320u
#define BUFFER_GRAIN 512u

static uint32_t cost_of(uint32_t bytes)
{
	return BUFFER_OVERHEAD + (bytes + BUFFER_TAIL + BUFFER_GRAIN - 1) / BUFFER_GRAIN * BUFFER_GRAIN;
}

/* Data from the guest; its errors. */
static int message_fill(struct unix_message *message, struct guest_iter *iter, uint32_t bytes)
{
	if (!bytes)
		return 0;
	message->data = slab_allocate(bytes);
	if (!message->data)
		return -ENOBUFS;
	return iter_from_guest(iter, message->data, bytes) == bytes ? 0 : -EFAULT;
}

struct unix_message *unix_message_create(struct unix_socket *sender, struct socket_send *send, uint32_t bytes,
					 int *error)
{
	struct unix_message *message = slab_allocate(sizeof(*message));
	if (!message) {
		*error = -ENOBUFS;
		return NULL;
	}
	unix_get(sender);
	message->sender = sender;
	message->credentials = send->credentials;
	message->claimed = send->claimed;
	message->length = bytes;
	message->charge = cost_of(bytes);
	*error = message_fill(message, send->iter, bytes);
	if (!*error)
		return message;
	unix_message_free(message);
	return NULL;
}

void unix_message_free(struct unix_message *message)
{
	unix_rights_drop(message->rights);
	unix_address_put(message->address);
	unix_put(message->sender);
	slab_free(message->data, message->length);
	slab_free(message, sizeof(*message));
}

static bool passes_credentials(const struct unix_socket *socket)
{
	return socket->options.set & 1u << LINUX_SO_PASSCRED;
}

/* Who sent it is noted only if one of the two ends asks for that by now, or nobody has accepted the connection yet. U. */
static void note_credentials(const struct unix_socket *to, struct unix_message *message)
{
	if (message->claimed || passes_credentials(message->sender) || passes_credentials(to) || !to->file)
		return;
	message->credentials = (struct linux_ucred){ 0, UINT32_MAX, UINT32_MAX };
}

void unix_message_queue(struct unix_socket *to, struct unix_message *message)
{
	struct unix_socket *sender = message->sender;
	if (sender->address) {
		message->address = sender->address;
		__atomic_add_fetch(&sender->address->references, 1, __ATOMIC_RELAXED);
	}
	note_credentials(to, message);
	sender->charged += message->charge;
	unix_rights_fly(message->rights, true);
	message->next = NULL;
	if (to->last)
		to->last->next = message;
	else
		to->first = message;
	to->last = message;
	to->message_count++;
	to->queued_bytes += message->length;
	wait_wake_one(&to->read_queue, LINUX_POLL_READABLE);
}

/* Datagram sockets connected to us may send again. U. */
static void tell_room(struct unix_socket *socket)
{
	wait_wake_one(&socket->room_queue, 0);
	for (struct unix_socket *other = socket->connectors; other; other = other->next_connector)
		wait_wake_one(&other->write_queue, LINUX_POLL_WRITABLE);
}

struct unix_message *unix_message_take(struct unix_socket *socket)
{
	struct unix_message *message = socket->first;
	bool was_full = unix_is_full(socket);
	if (!message)
		return NULL;
	socket->first = message->next;
	if (!socket->first)
		socket->last = NULL;
	message->next = NULL;
	socket->message_count--;
	socket->queued_bytes -= message->length - message->offset;
	message->sender->charged -= message->charge;
	unix_rights_fly(message->rights, false);
	if (unix_sends_freely(message->sender))
		wait_wake_one(&message->sender->write_queue, LINUX_POLL_WRITABLE);
	if (was_full && !unix_is_connection(socket))
		tell_room(socket);
	return message;
}
