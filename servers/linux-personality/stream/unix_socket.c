/* SPDX-License-Identifier: MIT */
/*
 * Making and ending sockets, and what their files do.
 */
#include "stream/unix_socket.h"

#include "core/errno.h"
#include "core/slab.h"
#include "core/survive.h"
#include "file/kinds.h"
#include "fs/inode.h"
#include "linux_abi/poll.h"
#include "process/credentials.h"
#include "process/process.h"
#include "stream/socket.h"

SURVIVES struct lock unix_lock;
SURVIVES struct unix_socket *unix_all;

struct unix_socket *unix_create(uint32_t type)
{
	SURVIVES static uint64_t numbers;
	struct unix_socket *socket = slab_allocate(sizeof(*socket));
	if (!socket)
		return NULL;
	unix_lock.rank = RANK_STREAM;
	socket->references = 1;
	socket->type = type;
	socket->options.send_buffer = socket->options.receive_buffer = UNIX_BUFFER_DEFAULT;
	socket->options.receive_low = 1;
	socket->peer_identity = (struct linux_ucred){ 0, UINT32_MAX, UINT32_MAX };
	wait_queue_init(&socket->read_queue);
	wait_queue_init(&socket->write_queue);
	wait_queue_init(&socket->room_queue);
	lock_acquire(&unix_lock);
	socket->number = ++numbers;
	socket->next_all = unix_all;
	if (unix_all)
		unix_all->previous_all = socket;
	unix_all = socket;
	lock_release(&unix_lock);
	return socket;
}

void unix_get(struct unix_socket *socket)
{
	__atomic_add_fetch(&socket->references, 1, __ATOMIC_RELAXED);
}

void unix_put(struct unix_socket *socket)
{
	if (!socket || __atomic_sub_fetch(&socket->references, 1, __ATOMIC_ACQ_REL) != 0)
		return;
	unix_address_put(socket->address);
	slab_free(socket, sizeof(*socket));
}

void unix_wake(struct unix_socket *socket)
{
	wait_wake_all(&socket->read_queue, 0);
	wait_wake_all(&socket->write_queue, 0);
	wait_wake_all(&socket->room_queue, 0);
}

static void leave_connectors(struct unix_socket *socket)
{
	struct unix_socket **at = &socket->peer->connectors;
	while (*at && *at != socket)
		at = &(*at)->next_connector;
	if (*at)
		*at = socket->next_connector;
}

void unix_set_peer(struct unix_socket *socket, struct unix_socket *peer)
{
	struct unix_socket *old = socket->peer;
	if (old && !unix_is_connection(socket))
		leave_connectors(socket);
	socket->peer = peer;
	if (peer) {
		unix_get(peer);
		socket->state = UNIX_CONNECTED;
	}
	if (peer && !unix_is_connection(socket)) {
		socket->next_connector = peer->connectors;
		peer->connectors = socket;
	}
	unix_put(old);
}

void unix_connect_pair(struct unix_socket *one, struct unix_socket *other)
{
	unix_set_peer(one, other);
	unix_set_peer(other, one);
}

int unix_take_error(struct unix_socket *socket)
{
	int error = socket->error;
	socket->error = 0;
	return -error;
}

/* The other end of a connection: nothing more will come, nothing more can be sent. U. */
static void peer_hang_up(struct unix_socket *socket, struct unix_socket *peer)
{
	if (!unix_is_connection(socket) || peer->peer != socket)
		return;
	peer->shut = UNIX_SHUT_BOTH;
	if (socket->first || !socket->file)
		peer->error = ECONNRESET;
	unix_wake(peer);
}

static void leave_all(struct unix_socket *socket)
{
	if (socket->previous_all)
		socket->previous_all->next_all = socket->next_all;
	else
		unix_all = socket->next_all;
	if (socket->next_all)
		socket->next_all->previous_all = socket->previous_all;
}

struct remains {
	struct unix_message *messages;
	struct unix_socket *pending;
	struct path path;
	struct inode *inode;
};

/* U. */
static struct remains tear_down(struct unix_socket *socket)
{
	struct remains remains = { .pending = socket->pending_first,
				   .path = socket->path,
				   .inode = socket->inode };
	struct unix_message *message, **end = &remains.messages;
	socket->dead = true;
	socket->shut = UNIX_SHUT_BOTH;
	if (socket->peer) {
		peer_hang_up(socket, socket->peer);
		unix_set_peer(socket, NULL);
	}
	socket->state = UNIX_UNCONNECTED;
	socket->file = NULL;
	unix_unbind(socket);
	leave_all(socket);
	while ((message = unix_message_take(socket))) {
		*end = message;
		end = &message->next;
	}
	socket->pending_first = socket->pending_last = NULL;
	for (struct unix_socket *other = socket->connectors; other; other = other->next_connector)
		wait_wake_all(&other->write_queue, LINUX_POLL_WRITABLE);
	unix_wake(socket);
	return remains;
}

void unix_close(struct unix_socket *socket)
{
	struct remains remains;
	lock_acquire(&unix_lock);
	remains = tear_down(socket);
	lock_release(&unix_lock);
	while (remains.messages) {
		struct unix_message *message = remains.messages;
		remains.messages = message->next;
		unix_message_free(message);
	}
	while (remains.pending) {
		struct unix_socket *embryo = remains.pending;
		remains.pending = embryo->next_pending;
		unix_close(embryo);
	}
	if (remains.inode) {
		inode_put(remains.inode);
		path_put(&remains.path);
	}
	unix_put(socket);
}

struct linux_ucred unix_identity(struct thread *self)
{
	return (struct linux_ucred){ self->process->pid, self->credentials->euid, self->credentials->egid };
}

static struct file *file_make(struct thread *self, uint32_t flags)
{
	struct inode *inode = inode_create_anonymous(LINUX_S_IFSOCK | 0777);
	struct file *file = inode ? file_create(FILE_SOCKET, LINUX_O_RDWR | (flags & LINUX_O_NONBLOCK), NULL)
				  : NULL;
	if (file) {
		inode->attributes.user = self->credentials->fsuid;
		inode->attributes.group = self->credentials->fsgid;
		file_attach(file, NULL, inode);
	}
	if (inode)
		inode_put(inode);
	return file;
}

struct file *unix_open_file(struct thread *self, struct unix_socket *socket, uint32_t flags)
{
	struct file *file = file_make(self, flags);
	if (!file) {
		unix_close(socket);
		return NULL;
	}
	lock_acquire(&unix_lock);
	socket->file = file;
	socket->number = file->inode->attributes.inode;
	lock_release(&unix_lock);
	file->object = socket;
	return file;
}

static bool blocks(const struct file *file)
{
	return !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

static int64_t socket_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct socket_receive receive = { .iter = iter, .block = blocks(file) };
	int64_t result;
	(void)offset;
	if (!iter->remaining)
		return 0;
	result = unix_receive(self, file->object, &receive);
	unix_rights_drop(receive.rights);
	return result;
}

static int64_t socket_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct socket_send send = { .iter = iter, .block = blocks(file) };
	(void)offset;
	send.credentials = (struct linux_ucred){ self->process->pid, self->credentials->uid,
						 self->credentials->gid };
	return unix_send(self, file->object, &send);
}

/* Datagram senders also look at the queue they send to. U. */
static bool may_send_now(const struct unix_socket *socket)
{
	const struct unix_socket *peer = socket->peer;
	if (socket->state == UNIX_LISTENING || !unix_sends_freely(socket))
		return false;
	return unix_is_connection(socket) || !peer || peer->dead || peer->peer == socket ||
	       !unix_is_full(peer);
}

static uint32_t socket_events(const struct unix_socket *socket)
{
	uint32_t events = 0;
	if (socket->error)
		events |= LINUX_POLLERR;
	if (socket->shut == UNIX_SHUT_BOTH)
		events |= LINUX_POLLHUP;
	if (socket->shut & UNIX_SHUT_RECEIVE)
		events |= LINUX_POLLRDHUP | LINUX_POLL_READABLE;
	if (socket->first || socket->pending_first)
		events |= LINUX_POLL_READABLE;
	if (unix_is_connection(socket) && socket->state == UNIX_UNCONNECTED)
		events |= LINUX_POLLHUP;
	if (may_send_now(socket))
		events |= LINUX_POLL_WRITABLE | LINUX_POLLWRBAND;
	return events;
}

static uint32_t socket_poll(struct file *file, struct poll_table *table)
{
	struct unix_socket *socket = file->object;
	uint32_t events;
	poll_add(table, file, &socket->read_queue);
	poll_add(table, file, &socket->write_queue);
	lock_acquire(&unix_lock);
	events = socket_events(socket);
	lock_release(&unix_lock);
	return events;
}

static int32_t bytes_to_read(const struct unix_socket *socket)
{
	if (unix_is_connection(socket))
		return (int32_t)socket->queued_bytes;
	return socket->first ? (int32_t)socket->first->length : 0;
}

static int64_t socket_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct unix_socket *socket = file->object;
	bool listening;
	int32_t bytes;
	(void)self;
	if (command != LINUX_SIOCINQ && command != LINUX_SIOCOUTQ)
		return -ENOTTY;
	lock_acquire(&unix_lock);
	listening = socket->state == UNIX_LISTENING;
	bytes = command == LINUX_SIOCINQ ? bytes_to_read(socket) : (int32_t)socket->charged;
	lock_release(&unix_lock);
	if (listening && command == LINUX_SIOCINQ)
		return -EINVAL;
	return guest_write((gaddr_t){ argument }, &bytes, sizeof(bytes));
}

static void socket_release(struct file *file)
{
	if (!file->object)
		return;
	unix_close(file->object);
	unix_collect();
}

const struct file_operations socket_operations = {
	.read = socket_read,
	.write = socket_write,
	.poll = socket_poll,
	.ioctl = socket_ioctl,
	.release = socket_release,
};
