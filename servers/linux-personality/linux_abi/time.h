/* SPDX-License-Identifier: MIT */
/*
 * Linux's clock and timer numbers: clock_gettime(2), timer_create(2), setitimer(2).
 */
#ifndef LICHEN_LINUX_ABI_TIME_H
#define LICHEN_LINUX_ABI_TIME_H

#include <stdint.h>
#include "linux_abi/files.h"
#include "linux_abi/process.h"

#define LINUX_CLOCK_REALTIME 0
#define LINUX_CLOCK_MONOTONIC 1
#define LINUX_CLOCK_PROCESS_CPUTIME 2
#define LINUX_CLOCK_THREAD_CPUTIME 3
#define LINUX_CLOCK_MONOTONIC_RAW 4
#define LINUX_CLOCK_REALTIME_COARSE 5
#define LINUX_CLOCK_MONOTONIC_COARSE 6
#define LINUX_CLOCK_BOOTTIME 7
#define LINUX_CLOCK_REALTIME_ALARM 8
#define LINUX_CLOCK_BOOTTIME_ALARM 9
#define LINUX_CLOCK_TAI 11

#define LINUX_TIMER_ABSTIME 1

#define LINUX_ITIMER_REAL 0
#define LINUX_ITIMER_VIRTUAL 1
#define LINUX_ITIMER_PROF 2

#define LINUX_SIGEV_SIGNAL 0
#define LINUX_SIGEV_NONE 1
#define LINUX_SIGEV_THREAD 2
#define LINUX_SIGEV_THREAD_ID 4

struct linux_itimerspec {
	struct linux_timespec interval, value;
};

struct linux_itimerval {
	struct linux_timeval interval, value;
};

struct linux_sigevent {
	uint64_t value;
	int32_t signal, notify, thread_id;
	int32_t padding[11];
};
_Static_assert(sizeof(struct linux_sigevent) == 64, "struct sigevent");

#endif
