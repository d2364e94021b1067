/* SPDX-License-Identifier: MIT */
/*
 * inotify(7) in Linux's numbers.
 */
#ifndef LICHEN_LINUX_ABI_INOTIFY_H
#define LICHEN_LINUX_ABI_INOTIFY_H

#include <stdint.h>

#define LINUX_IN_ALL_EVENTS 0x00000fffu
#define LINUX_IN_DELETE_SELF 0x00000400u
#define LINUX_IN_UNMOUNT 0x00002000u
#define LINUX_IN_Q_OVERFLOW 0x00004000u
#define LINUX_IN_IGNORED 0x00008000u
#define LINUX_IN_ONLYDIR 0x01000000u
#define LINUX_IN_DONT_FOLLOW 0x02000000u
#define LINUX_IN_EXCL_UNLINK 0x04000000u
#define LINUX_IN_MASK_CREATE 0x10000000u
#define LINUX_IN_MASK_ADD 0x20000000u
#define LINUX_IN_ISDIR 0x40000000u
#define LINUX_IN_ONESHOT 0x80000000u

#define LINUX_IN_CLOEXEC 02000000u
#define LINUX_IN_NONBLOCK 04000u

struct linux_inotify_event {
	int32_t watch;
	uint32_t mask, cookie, name_bytes;
};
_Static_assert(sizeof(struct linux_inotify_event) == 16, "struct inotify_event");

#endif
