/* SPDX-License-Identifier: MIT */
/*
 * The group of told.c that is about names of values: calls that fail, with every bit of their flags set, and with values that have no
 * name.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/epoll.h>
#include "told.h"

#define ALL 0xffffffffu
#define GONE "/missing/x"

static void tell_file_flags(void)
{
	uint64_t how[3] = { ALL, ALL, ALL };
	NUMBER(open, GONE, ALL, 0);
	NUMBER(open, GONE, ALL & ~020200000u, 0);
	NUMBER(openat2, AT_FDCWD, GONE, how, sizeof(how));
	NUMBER(mount, "a", GONE, "c", 0x3ffffff, NULL);
	for (uint32_t bit = 0; bit < 22; bit++)
		NUMBER(mount, "a", GONE, "c", 1u << bit, "data");
	NUMBER(umount2, GONE, ALL);
	NUMBER(statx, AT_FDCWD, GONE, ALL, ALL, NULL);
	NUMBER(renameat2, AT_FDCWD, "a", AT_FDCWD, "b", ALL);
	NUMBER(faccessat2, AT_FDCWD, GONE, ALL, ALL);
	NUMBER(linkat, AT_FDCWD, GONE, AT_FDCWD, "b", ALL);
	NUMBER(unlinkat, AT_FDCWD, GONE, ALL);
	NUMBER(newfstatat, AT_FDCWD, GONE, NULL, ALL);
	NUMBER(utimensat, AT_FDCWD, GONE, NULL, ALL);
	NUMBER(fchownat, AT_FDCWD, GONE, 0, 0, ALL);
	NUMBER(setxattr, GONE, "a", NULL, 0, ALL);
	NUMBER(execveat, AT_FDCWD, GONE, NULL, NULL, ALL);
	NUMBER(inotify_add_watch, 99, GONE, ALL);
	NUMBER(access, GONE, ALL);
}

static void tell_descriptor_flags(void)
{
	struct epoll_event event = { ALL, { 0 } };
	struct pollfd entry = { 99, -1, 0 };
	NUMBER(epoll_ctl, 99, EPOLL_CTL_ADD, 98, &event);
	NUMBER(epoll_ctl, 99, 9, 9, NULL);
	NUMBER(poll, &entry, 1, 0);
	NUMBER(flock, 99, 0xcf);
	NUMBER(eventfd2, 0, ALL);
	NUMBER(splice, 99, NULL, 98, NULL, 1, ALL);
	NUMBER(vmsplice, 99, NULL, 0, ALL);
	NUMBER(fallocate, 99, ALL, 0, 0);
	NUMBER(timerfd_create, 1, ALL);
	NUMBER(timerfd_settime, 99, ALL, NULL, NULL);
	NUMBER(signalfd4, -1, &event, 8, ALL);
	NUMBER(pipe2, NULL, ALL);
	NUMBER(dup3, 99, 98, ALL);
	NUMBER(sync_file_range, 99, 0, 0, ALL);
	NUMBER(close_range, 9000, 8000, ALL);
	NUMBER(epoll_create1, ALL);
	NUMBER(inotify_init1, ALL);
	NUMBER(preadv2, 99, NULL, 0, 0, 0, 0x17);
	NUMBER(lseek, 99, 0, 99);
	NUMBER(fcntl, 99, 2, ALL);
	NUMBER(fcntl, 99, 1033, ALL);
	NUMBER(fcntl, 99, 999, 1);
	NUMBER(ioctl, 99, 0x1234, 7);
	NUMBER(pidfd_open, -1, ALL);
	NUMBER(pidfd_send_signal, 99, 1, NULL, ALL);
	NUMBER(setns, 99, ALL);
}

static void tell_socket_flags(void)
{
	NUMBER(socket, 1, ALL, 0);
	NUMBER(socket, 77, 1, 0);
	NUMBER(sendto, 99, "", 0, ALL, NULL, 0);
	NUMBER(recvfrom, 99, NULL, 0, ALL, NULL, NULL);
	NUMBER(sendmmsg, 99, NULL, 0, ALL);
	NUMBER(recvmmsg, 99, NULL, 0, ALL, NULL);
	NUMBER(accept4, 99, NULL, NULL, ALL);
	NUMBER(shutdown, 99, 9);
	NUMBER(setsockopt, 99, 1, 0x999, NULL, 0);
}

static void tell_memory_flags(void)
{
	NUMBER(mmap, NULL, 0, ALL, ALL & 0x3ffff2, -1, 0);
	NUMBER(mremap, BAD, 1, 1, ALL, NULL);
	NUMBER(msync, BAD, 1, ALL);
	NUMBER(mlockall, ALL);
	NUMBER(mlock2, NULL, 0, ALL);
	NUMBER(madvise, NULL, 0, ALL);
	NUMBER(mprotect, NULL, 0, ALL);
	NUMBER(getrandom, NULL, 0, ALL);
	NUMBER(semget, 0, 1, ALL);
	NUMBER(msgrcv, 99, NULL, 0, 0, ALL);
	NUMBER(shmat, 99, NULL, ALL);
}

static void tell_process_flags(void)
{
	stack_t stack = { .ss_flags = -1 };
	uint64_t action[4] = { [1] = ALL };
	NUMBER(clone, ALL, NULL, NULL, NULL, NULL);
	NUMBER(unshare, ALL);
	NUMBER(wait4, -1, NULL, ALL, NULL);
	NUMBER(waitid, 0, 0, NULL, ALL, NULL);
	NUMBER(sigaltstack, &stack, NULL);
	NUMBER(rt_sigaction, 99, action, NULL, 8);
	NUMBER(rt_sigprocmask, 9, NULL, NULL, 8);
	NUMBER(kill, 0, 99);
	NUMBER(sched_setscheduler, -1, 99, NULL);
	NUMBER(setpriority, 9, 0, 0);
	NUMBER(prctl, 999, 0, 0, 0, 0);
	NUMBER(arch_prctl, 9, 0);
	NUMBER(clock_gettime, 99, NULL);
	NUMBER(getrlimit, 99, NULL);
	NUMBER(getrusage, 99, NULL);
	NUMBER(getitimer, 9, NULL);
}

void tell_name_sets(void)
{
	tell_file_flags();
	tell_descriptor_flags();
	tell_socket_flags();
	tell_memory_flags();
	tell_process_flags();
}
