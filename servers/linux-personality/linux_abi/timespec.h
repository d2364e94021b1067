/* SPDX-License-Identifier: MIT */
/*
 * struct timespec as x86-64 programs pass it.
 */
#ifndef LICHEN_LINUX_ABI_TIMESPEC_H
#define LICHEN_LINUX_ABI_TIMESPEC_H

#include <stdint.h>

struct linux_timespec {
	int64_t seconds;
	int64_t nanoseconds;
};

#endif
