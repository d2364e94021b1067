/* SPDX-License-Identifier: MIT */
/*
 * epoll(7), eventfd(2), signalfd(2) and timerfd_create(2) in Linux's numbers. Event bits below EPOLLRDHUP equal poll's.
 */
#ifndef LICHEN_LINUX_ABI_EPOLL_H
#define LICHEN_LINUX_ABI_EPOLL_H

#include "linux_abi/poll.h"

#define LINUX_EPOLL_CLOEXEC 02000000u
#define LINUX_EPOLL_CTL_ADD 1
#define LINUX_EPOLL_CTL_DEL 2
#define LINUX_EPOLL_CTL_MOD 3
#define LINUX_EPOLLEXCLUSIVE (1u << 28)
#define LINUX_EPOLLWAKEUP (1u << 29)
#define LINUX_EPOLLONESHOT (1u << 30)
#define LINUX_EPOLLET (1u << 31)

/* Packed on x86-64, as the kernel declares it there. */
struct linux_epoll_event {
	uint32_t events;
	uint64_t data;
} __attribute__((packed));
_Static_assert(sizeof(struct linux_epoll_event) == 12, "struct epoll_event of x86-64");

#define LINUX_EFD_SEMAPHORE 1u
#define LINUX_EFD_CLOEXEC 02000000u
#define LINUX_EFD_NONBLOCK 04000u

#define LINUX_SFD_CLOEXEC 02000000u
#define LINUX_SFD_NONBLOCK 04000u

struct linux_signalfd_siginfo {
	uint32_t signo;
	int32_t error, code;
	uint32_t pid, uid;
	int32_t fd;
	uint32_t timer_id, band, overrun, trap;
	int32_t status, value;
	uint64_t pointer, user_time, system_time, address;
	uint16_t address_lsb, padding2;
	int32_t syscall;
	uint64_t call_address;
	uint32_t architecture;
	uint8_t padding[28];
};
_Static_assert(sizeof(struct linux_signalfd_siginfo) == 128, "struct signalfd_siginfo");

#define LINUX_TFD_CLOEXEC 02000000u
#define LINUX_TFD_NONBLOCK 04000u
#define LINUX_TFD_TIMER_ABSTIME 1u
#define LINUX_TFD_TIMER_CANCEL_ON_SET 2u

#endif
