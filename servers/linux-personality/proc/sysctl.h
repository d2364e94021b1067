/* SPDX-License-Identifier: MIT */
/*
 * Settings of /proc/sys that are numbers (sysctl(8)): each has a default and bounds, and is asked for by who acts on it.
 */
#ifndef LICHEN_PERSONALITY_SYSCTL_H
#define LICHEN_PERSONALITY_SYSCTL_H

#include <stdint.h>

/* SYSCTL(NAME, count of numbers, defaults, least, most) */
#define SYSCTLS(SYSCTL)                                                                                      \
	SYSCTL(CORE_USES_PID, 1, SYSCTL_ONE(0), 0, 1)                                                        \
	SYSCTL(CTRL_ALT_DEL, 1, SYSCTL_ONE(0), INT32_MIN, INT32_MAX)                                         \
	SYSCTL(DMESG_RESTRICT, 1, SYSCTL_ONE(0), 0, 1)                                                       \
	SYSCTL(PANIC, 1, SYSCTL_ONE(0), INT32_MIN, INT32_MAX)                                                \
	SYSCTL(PANIC_ON_OOPS, 1, SYSCTL_ONE(0), INT32_MIN, INT32_MAX)                                        \
	SYSCTL(PRINTK, 4, SYSCTL_FOUR(7, 4, 1, 7), 0, INT32_MAX)                                             \
	SYSCTL(RANDOMIZE_ADDRESSES, 1, SYSCTL_ONE(2), 0, 2)                                                  \
	SYSCTL(SHARED_MEMORY_MAX, 1, SYSCTL_ONE(INT64_MAX), 0, INT64_MAX)                                    \
	SYSCTL(SHARED_MEMORY_ALL, 1, SYSCTL_ONE(INT64_MAX), 0, INT64_MAX)                                    \
	SYSCTL(SHARED_MEMORY_SEGMENTS, 1, SYSCTL_ONE(4096), 0, 32768)                                        \
	SYSCTL(FILES_MAX, 1, SYSCTL_ONE(INT64_MAX), 0, INT64_MAX)                                            \
	SYSCTL(OVERCOMMIT_MEMORY, 1, SYSCTL_ONE(0), 0, 2)                                                    \
	SYSCTL(OVERCOMMIT_RATIO, 1, SYSCTL_ONE(50), 0, INT32_MAX)                                            \
	SYSCTL(SWAPPINESS, 1, SYSCTL_ONE(60), 0, 200)                                                        \
	SYSCTL(DIRTY_RATIO, 1, SYSCTL_ONE(20), 0, 100)                                                       \
	SYSCTL(DIRTY_BACKGROUND_RATIO, 1, SYSCTL_ONE(10), 0, 100)

enum sysctl {
#define SYSCTL_ENUM(NAME, count, defaults, least, most) SYSCTL_##NAME,
	SYSCTLS(SYSCTL_ENUM)
#undef SYSCTL_ENUM
		SYSCTL_COUNT
};

/* The setting's first number. */
int64_t sysctl_value(enum sysctl which);

#define CORE_PATTERN_BYTES 128
/* kernel.core_pattern, copied and NUL-terminated. */
void sysctl_core_pattern(char pattern[CORE_PATTERN_BYTES]);

#endif
