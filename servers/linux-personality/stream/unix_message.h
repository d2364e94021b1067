/* SPDX-License-Identifier: MIT */
/*
 * Making messages of what a call sends.
 */
#ifndef LICHEN_PERSONALITY_UNIX_MESSAGE_H
#define LICHEN_PERSONALITY_UNIX_MESSAGE_H

#include "stream/socket.h"

/* The next `bytes` of the call's data as a message of this sender: NULL and -ENOBUFS or -EFAULT. */
struct unix_message *unix_message_create(struct unix_socket *sender, struct socket_send *send, uint32_t bytes,
					 int *error);
/* Deadline and error of a blocking call with a time-out option: sockets answer EAGAIN when it passes, and EINTR to signals. */
uint64_t unix_deadline(uint64_t timeout_ns);
int unix_wait_error(int error, uint64_t timeout_ns);

#endif
