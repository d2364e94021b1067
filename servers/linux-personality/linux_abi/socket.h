/* SPDX-License-Identifier: MIT */
/*
 * Sockets in Linux's numbers on x86-64: socket(2), socket(7), unix(7), cmsg(3). Source: the kernel's UAPI headers;
 * test/unit/personality compares every value with the host's.
 */
#ifndef LICHEN_LINUX_ABI_SOCKET_H
#define LICHEN_LINUX_ABI_SOCKET_H

#include <stdint.h>

#define LINUX_AF_UNSPEC 0
#define LINUX_AF_UNIX 1
#define LINUX_SOCK_STREAM 1u
#define LINUX_SOCK_DGRAM 2u
#define LINUX_SOCK_RAW 3u
#define LINUX_SOCK_SEQPACKET 5u
#define LINUX_SOCK_TYPE_MAX 11u
#define LINUX_SOCK_TYPE_MASK 0xfu
#define LINUX_SOCK_CLOEXEC 02000000u
#define LINUX_SOCK_NONBLOCK 04000u

#define LINUX_MSG_OOB 0x1u
#define LINUX_MSG_PEEK 0x2u
#define LINUX_MSG_CTRUNC 0x8u
#define LINUX_MSG_TRUNC 0x20u
#define LINUX_MSG_DONTWAIT 0x40u
#define LINUX_MSG_EOR 0x80u
#define LINUX_MSG_WAITALL 0x100u
#define LINUX_MSG_NOSIGNAL 0x4000u
#define LINUX_MSG_WAITFORONE 0x10000u
#define LINUX_MSG_CMSG_CLOEXEC 0x40000000u
#define LINUX_MSG_CMSG_COMPAT 0x80000000u /* of 32-bit programs */

#define LINUX_SHUT_RD 0
#define LINUX_SHUT_WR 1
#define LINUX_SHUT_RDWR 2

#define LINUX_SOL_SOCKET 1
#define LINUX_SO_DEBUG 1
#define LINUX_SO_REUSEADDR 2
#define LINUX_SO_TYPE 3
#define LINUX_SO_ERROR 4
#define LINUX_SO_DONTROUTE 5
#define LINUX_SO_BROADCAST 6
#define LINUX_SO_SNDBUF 7
#define LINUX_SO_RCVBUF 8
#define LINUX_SO_KEEPALIVE 9
#define LINUX_SO_OOBINLINE 10
#define LINUX_SO_NO_CHECK 11
#define LINUX_SO_PRIORITY 12
#define LINUX_SO_LINGER 13
#define LINUX_SO_PASSCRED 16
#define LINUX_SO_PEERCRED 17
#define LINUX_SO_RCVLOWAT 18
#define LINUX_SO_SNDLOWAT 19
#define LINUX_SO_RCVTIMEO 20
#define LINUX_SO_SNDTIMEO 21
#define LINUX_SO_ACCEPTCONN 30
#define LINUX_SO_SNDBUFFORCE 32
#define LINUX_SO_RCVBUFFORCE 33
#define LINUX_SO_PROTOCOL 38
#define LINUX_SO_DOMAIN 39

#define LINUX_SCM_RIGHTS 1
#define LINUX_SCM_CREDENTIALS 2
#define LINUX_SCM_FILES_MAX 253u

#define LINUX_SIOCOUTQ 0x5411u
#define LINUX_SIOCINQ 0x541bu

#define LINUX_SOMAXCONN 4096

struct linux_ucred {
	int32_t pid;
	uint32_t uid, gid;
};

#define LINUX_UNIX_PATH_MAX 108u
struct linux_sockaddr_un {
	uint16_t family;
	char path[LINUX_UNIX_PATH_MAX];
};
_Static_assert(sizeof(struct linux_sockaddr_un) == 110, "struct sockaddr_un");
#define LINUX_SOCKADDR_MAX 128u

struct linux_msghdr {
	uint64_t name;
	int32_t name_length, padding;
	uint64_t vector, vector_count;
	uint64_t control, control_length;
	uint32_t flags, padding2;
};
_Static_assert(sizeof(struct linux_msghdr) == 56, "struct msghdr of x86-64");

struct linux_mmsghdr {
	struct linux_msghdr header;
	uint32_t length, padding;
};
_Static_assert(sizeof(struct linux_mmsghdr) == 64, "struct mmsghdr of x86-64");

struct linux_cmsghdr {
	uint64_t length;
	int32_t level, type;
};
#define LINUX_CMSG_ALIGN(length) (((length) + 7) & ~7ull)

#endif
