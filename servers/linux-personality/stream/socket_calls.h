/* SPDX-License-Identifier: MIT */
/*
 * From a descriptor to its socket.
 */
#ifndef LICHEN_PERSONALITY_SOCKET_CALLS_H
#define LICHEN_PERSONALITY_SOCKET_CALLS_H

#include "file/file.h"

/* The referenced file of a socket: 0, -EBADF, -ENOTSOCK. */
int socket_find(struct thread *self, int32_t fd, struct file **file);

#endif
