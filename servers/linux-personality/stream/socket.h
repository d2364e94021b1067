/* SPDX-License-Identifier: MIT */
/*
 * A message on its way through a socket call, after the guest's msghdr was read and before it is written back.
 */
#ifndef LICHEN_PERSONALITY_SOCKET_H
#define LICHEN_PERSONALITY_SOCKET_H

#include "stream/unix_socket.h"

struct socket_send {
	struct guest_iter *iter;
	uint32_t flags; /* LINUX_MSG_* */
	bool block;
	bool has_name;
	uint32_t name_length;
	uint8_t name[LINUX_SOCKADDR_MAX];
	struct linux_ucred credentials;
	bool claimed;               /* they were given with SCM_CREDENTIALS */
	struct unix_rights *rights; /* a message takes them over; what is left the caller drops */
};

struct socket_receive {
	struct guest_iter *iter;
	uint32_t flags;
	bool block;
	uint32_t flags_out;
	uint32_t name_length; /* filled; 0: nameless */
	struct linux_sockaddr_un name;
	bool has_credentials;
	struct linux_ucred credentials;
	struct unix_rights *rights; /* filled: the caller installs and drops them */
};

/* Bytes or -errno. */
int64_t unix_send(struct thread *self, struct unix_socket *socket, struct socket_send *send);
int64_t unix_receive(struct thread *self, struct unix_socket *socket, struct socket_receive *receive);

/* Control data (socket_control.c). Parse what the guest sends; then what a received message has goes to the guest's buffer,
   of which *length is what it has room for, then what was used. */
int socket_control_read(struct thread *self, gaddr_t control, uint64_t length, struct socket_send *send);
int socket_control_write(struct thread *self, struct socket_receive *receive, gaddr_t control,
			 uint64_t *length);

int socket_option_set(struct thread *self, struct unix_socket *socket, int32_t option, gaddr_t value,
		      int32_t length);
int socket_option_get(struct unix_socket *socket, int32_t option, gaddr_t value, gaddr_t length);

/* Name to the guest: at most what *guest_length has room for, the true length written there. */
int socket_name_write(gaddr_t guest, gaddr_t guest_length, const struct linux_sockaddr_un *name,
		      uint32_t length);

#endif
