/* SPDX-License-Identifier: MIT */
/*
 * AF_UNIX sockets (unix(7)): the object, its queues, who points at whom.
 *
 * unix_lock guards the state of all of them (U): connections, queues and names change in both ends at once, and the work under
 * it is a few pointers. Data is copied outside of it: a sender fills a message before it is queued; a receiver holds the
 * socket's read mutex while it copies out of the first message. A socket lives while something references it: its file, a
 * socket whose peer it is, a message it has sent, a listener's queue.
 */
#ifndef LICHEN_PERSONALITY_UNIX_SOCKET_H
#define LICHEN_PERSONALITY_UNIX_SOCKET_H

#include "file/file.h"
#include "linux_abi/socket.h"

#define UNIX_BUFFER_DEFAULT 212992u
#define UNIX_DATAGRAMS_MAX 10u /* /proc/sys/net/unix/max_dgram_qlen */

enum unix_state { UNIX_UNCONNECTED = 0, UNIX_LISTENING, UNIX_CONNECTED };
#define UNIX_SHUT_RECEIVE 1u
#define UNIX_SHUT_SEND 2u
#define UNIX_SHUT_BOTH 3u

struct unix_address {
	uint32_t references; /* A */
	uint32_t length;     /* of `name`, as getsockname gives it */
	struct linux_sockaddr_un name;
};

struct unix_rights {
	struct unix_rights *next; /* waiting to be dropped */
	uint32_t count, capacity;
	struct file *files[];
};

struct unix_message {
	struct unix_message *next;
	struct unix_socket *sender;   /* referenced */
	struct unix_address *address; /* referenced; NULL: nameless */
	struct unix_rights *rights;   /* U once queued */
	struct linux_ucred credentials;
	bool claimed;            /* the sender gave them, with SCM_CREDENTIALS */
	uint32_t length, offset; /* offset: consumed; the reader's */
	uint32_t charge;
	uint8_t *data;
};

struct unix_options {
	uint32_t send_buffer, receive_buffer;         /* as getsockopt shows them */
	uint64_t send_timeout_ns, receive_timeout_ns; /* 0: none */
	uint32_t set;                                 /* bit n: SO_ number n of the plain switches */
	int32_t linger_on, linger_seconds;
	int32_t priority, receive_low;
};

struct unix_socket {
	uint32_t references;   /* A */
	uint32_t type;         /* I */
	enum unix_state state; /* U */
	uint32_t shut;         /* U */
	bool dead;             /* U; closed */
	int32_t error;         /* U; pending errno */
	struct file *file;     /* U; not referenced; NULL before accept and after close */
	struct unix_socket *next_all, *previous_all;     /* U */
	struct unix_address *address;                    /* U */
	struct path path;                                /* U; where the name lies, referenced */
	struct inode *inode;                             /* U; whose `attached` we are, referenced */
	struct unix_socket *peer;                        /* U; referenced */
	struct unix_socket *connectors, *next_connector; /* U; datagram sockets whose peer we are */
	struct unix_message *first, *last;               /* U */
	uint32_t message_count;                          /* U */
	uint64_t queued_bytes;                           /* U */
	uint64_t charged;                                /* U; our messages that nobody has received yet */
	struct unix_socket *pending_first, *pending_last, *next_pending; /* U; connections to accept */
	uint32_t pending_count, backlog;                                 /* U */
	struct linux_ucred identity, peer_identity;                      /* U */
	struct unix_options options;                                     /* U */
	struct mutex read_mutex;
	struct mutex bind_mutex;
	struct wait_queue read_queue, write_queue;
	struct wait_queue room_queue;          /* those who wait for room in our queue */
	uint64_t number;                       /* I; inode number */
	uint32_t inflight, collect_references; /* U; unix_collect.c */
	bool candidate;                        /* U */
};

extern struct lock unix_lock;
extern struct unix_socket *unix_all;
extern uint32_t unix_inflight; /* sockets in messages */

static inline bool unix_is_connection(const struct unix_socket *socket)
{
	return socket->type != LINUX_SOCK_DGRAM;
}

struct unix_socket *unix_create(uint32_t type);
void unix_get(struct unix_socket *socket);
void unix_put(struct unix_socket *socket);
/* The socket's owner is gone: peers learn, queues are emptied. Takes over the owner's reference. */
void unix_close(struct unix_socket *socket);
/* A file of the socket, with its inode; the socket's reference is taken over. NULL without memory. */
struct file *unix_open_file(struct thread *self, struct unix_socket *socket, uint32_t flags);
struct linux_ucred unix_identity(struct thread *self);

/* U held. */
void unix_connect_pair(struct unix_socket *one, struct unix_socket *other);
void unix_set_peer(struct unix_socket *socket, struct unix_socket *peer); /* references peer, drops the old */
void unix_wake(struct unix_socket *socket); /* everybody who waits for anything */
static inline bool unix_sends_freely(const struct unix_socket *socket)
{
	return socket->charged * 4 <= socket->options.send_buffer;
}
static inline bool unix_is_full(const struct unix_socket *socket)
{
	return socket->message_count > UNIX_DATAGRAMS_MAX;
}
/* The pending error, taken: 0 or -errno. */
int unix_take_error(struct unix_socket *socket);

/* Names (unix_address.c). */
void unix_address_put(struct unix_address *address);
int unix_bind(struct thread *self, struct unix_socket *socket, const uint8_t *name, uint32_t length);
int unix_autobind(struct unix_socket *socket);
/* The socket of that name, referenced: ECONNREFUSED, ENOENT, EACCES, EPROTOTYPE, EINVAL. */
int unix_find(struct thread *self, uint32_t type, const uint8_t *name, uint32_t length,
	      struct unix_socket **found);
void unix_unbind(struct unix_socket *socket); /* U held */
/* The name as getsockname and msg_name show it; U held. */
uint32_t unix_show_name(const struct unix_address *address, struct linux_sockaddr_un *name);

/* Connections (unix_connect.c). `flags`: the file's, for O_NONBLOCK. */
int unix_listen(struct thread *self, struct unix_socket *socket, int32_t backlog);
int unix_connect(struct thread *self, struct unix_socket *socket, const uint8_t *name, uint32_t length,
		 bool block);
/* The next connection, its reference the caller's. */
int unix_accept(struct thread *self, struct unix_socket *socket, bool block, struct unix_socket **accepted);
int unix_shutdown(struct unix_socket *socket, int32_t how);

/* Messages (unix_message.c). */
void unix_message_free(struct unix_message *message);                          /* no lock held */
void unix_message_queue(struct unix_socket *to, struct unix_message *message); /* U */
/* The first message leaves the queue, its sender is told of room. U. */
struct unix_message *unix_message_take(struct unix_socket *socket);

/* Rights (unix_rights.c, unix_collect.c). */
struct unix_rights *unix_rights_create(uint32_t capacity);
struct unix_rights *unix_rights_copy(const struct unix_rights *rights);
void unix_rights_drop(struct unix_rights *rights);          /* no lock held; not in flight any more */
void unix_rights_fly(struct unix_rights *rights, bool fly); /* U; counts sockets in flight */
struct unix_socket *unix_of_file(const struct file *file);  /* NULL: no AF_UNIX socket */
/* Free sockets that only messages in unreachable sockets refer to. No lock held. */
void unix_collect(void);

/* One line of /proc/net/unix after another: calls `visit` for each socket, U held. */
void unix_for_each(void (*visit)(const struct unix_socket *socket, void *context), void *context);

#endif
