/* SPDX-License-Identifier: MIT */
/*
 * Readiness as Linux numbers it: poll(2), select(2). epoll's event bits have the same values (linux_abi/epoll.h).
 * Source: the kernel's UAPI headers; test/unit/personality compares every value with the host's.
 */
#ifndef LICHEN_LINUX_ABI_POLL_H
#define LICHEN_LINUX_ABI_POLL_H

#include <stdint.h>

#define LINUX_POLLIN 0x0001u
#define LINUX_POLLPRI 0x0002u
#define LINUX_POLLOUT 0x0004u
#define LINUX_POLLERR 0x0008u
#define LINUX_POLLHUP 0x0010u
#define LINUX_POLLNVAL 0x0020u
#define LINUX_POLLRDNORM 0x0040u
#define LINUX_POLLRDBAND 0x0080u
#define LINUX_POLLWRNORM 0x0100u
#define LINUX_POLLWRBAND 0x0200u
#define LINUX_POLLMSG 0x0400u
#define LINUX_POLLRDHUP 0x2000u

/* What a file is that can be read, or written, without waiting. */
#define LINUX_POLL_READABLE (LINUX_POLLIN | LINUX_POLLRDNORM)
#define LINUX_POLL_WRITABLE (LINUX_POLLOUT | LINUX_POLLWRNORM)

struct linux_pollfd {
	int32_t fd;
	uint16_t events, revents;
};
_Static_assert(sizeof(struct linux_pollfd) == 8, "struct pollfd");

#define LINUX_FD_SETSIZE 1024

#endif
