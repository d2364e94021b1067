/* SPDX-License-Identifier: MIT */
/*
 * The vDSO's code: it runs in Linux processes, in user mode, and is linked into an ELF shared object of its own.
 *
 * It reads the kernel's clock page, which lies one page below the image, and answers as vdso(7) says. A clock that the page
 * does not tell, or a time stamp counter that cannot be used, makes it call the system. Pointers are the caller's own, and a
 * bad one faults like any other store. No relocation, no data, no stack beyond the return address. There is no return from
 * signal handlers here: on x86-64 the C library brings its own.
 *
 * Coarse clocks are as fine as the others; TAI has no offset to the wall clock until adjtimex(2) sets one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/boot.h"
#include "linux_abi/time.h"

#define NS_PER_SECOND 1000000000ull
#define COARSE_RESOLUTION_NS 4000000
#define CALL_GETTIMEOFDAY 96
#define CALL_TIME 201
#define CALL_CLOCK_GETTIME 228
#define CALL_CLOCK_GETRES 229
#define CALL_GETCPU 309

#define CLOCK_BIT(clock) (1u << (clock))
#define COARSE_CLOCKS (CLOCK_BIT(LINUX_CLOCK_REALTIME_COARSE) | CLOCK_BIT(LINUX_CLOCK_MONOTONIC_COARSE))
#define WALL_CLOCKS                                                                                          \
	(CLOCK_BIT(LINUX_CLOCK_REALTIME) | CLOCK_BIT(LINUX_CLOCK_REALTIME_COARSE) |                          \
	 CLOCK_BIT(LINUX_CLOCK_TAI))
#define BOOT_CLOCKS                                                                                          \
	(CLOCK_BIT(LINUX_CLOCK_MONOTONIC) | CLOCK_BIT(LINUX_CLOCK_MONOTONIC_RAW) |                           \
	 CLOCK_BIT(LINUX_CLOCK_MONOTONIC_COARSE) | CLOCK_BIT(LINUX_CLOCK_BOOTTIME))

/* A set of clocks, shifted so that the bit of this clock becomes bit 0; no clock above 31 is in a set. */
#define IN_SET(set, clock) ((clock) < 32 && ((set) >> (clock)&1))

struct time_zone {
	int32_t minutes_west, daylight;
};

/* What the image offers, by the names that C libraries look for and the plain ones. */
int __vdso_clock_gettime(uint32_t clock, struct linux_timespec *time);
int __vdso_clock_getres(uint32_t clock, struct linux_timespec *resolution);
int __vdso_gettimeofday(struct linux_timeval *time, struct time_zone *zone);
int64_t __vdso_time(int64_t *seconds);
int __vdso_getcpu(uint32_t *cpu, uint32_t *node, void *unused);
int clock_gettime(uint32_t clock, struct linux_timespec *time)
	__attribute__((weak, alias("__vdso_clock_gettime")));
int clock_getres(uint32_t clock, struct linux_timespec *resolution)
	__attribute__((weak, alias("__vdso_clock_getres")));
int gettimeofday(struct linux_timeval *time, struct time_zone *zone)
	__attribute__((weak, alias("__vdso_gettimeofday")));
int64_t time(int64_t *seconds) __attribute__((weak, alias("__vdso_time")));
int getcpu(uint32_t *cpu, uint32_t *node, void *unused) __attribute__((weak, alias("__vdso_getcpu")));

/* Placed by image.ld. */
extern const volatile struct clock_page clock_page __attribute__((visibility("hidden")));

static inline int64_t system_call(int64_t number, uint64_t first, const void *second, const void *third)
{
	__asm__ volatile("syscall"
			 : "+a"(number)
			 : "D"(first), "S"(second), "d"(third)
			 : "rcx", "r11", "memory");
	return number;
}

/* lfence: not before what was read before it. */
static inline uint64_t tsc_read(void)
{
	uint64_t low, high;
	__asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high)::"memory");
	return high << 32 | low;
}

/* ticks * mult >> shift as the page says, the product 128 bits wide and signed: a CPU whose counter is a little behind the
   base is answered a time a little before it. */
static inline uint64_t ticks_to_ns(uint64_t ticks)
{
	__asm__("imulq %[mult]\n\t"
		"shrdq %%cl, %%rdx, %%rax"
		: "+a"(ticks)
		: [mult] "m"(clock_page.mult), "c"(clock_page.shift)
		: "rdx", "cc");
	return ticks;
}

/* false: the page does not tell the time. An odd sequence, of a page being written, never equals the one behind. */
static inline bool read_page(bool wall, uint64_t *ns)
{
	uint32_t sequence;
	do {
		sequence = clock_page.sequence;
		if (__builtin_expect(!clock_page.tsc_usable, 0))
			return false;
		*ns = clock_page.base_ns + ticks_to_ns(tsc_read() - clock_page.base_tsc);
		if (wall)
			*ns += (uint64_t)clock_page.realtime_offset_ns;
		__atomic_signal_fence(__ATOMIC_ACQUIRE); /* loads are not reordered with loads */
	} while (__builtin_expect((sequence & ~1u) != clock_page.sequence, 0));
	return true;
}

int __vdso_clock_gettime(uint32_t clock, struct linux_timespec *time)
{
	uint64_t ns;
	if (!IN_SET(WALL_CLOCKS | BOOT_CLOCKS, clock) || !read_page(IN_SET(WALL_CLOCKS, clock), &ns))
		return (int)system_call(CALL_CLOCK_GETTIME, clock, time, NULL);
	time->seconds = (int64_t)(ns / NS_PER_SECOND);
	time->nanoseconds = (int64_t)(ns % NS_PER_SECOND);
	return 0;
}

int __vdso_clock_getres(uint32_t clock, struct linux_timespec *resolution)
{
	if (!IN_SET(WALL_CLOCKS | BOOT_CLOCKS, clock))
		return (int)system_call(CALL_CLOCK_GETRES, clock, resolution, NULL);
	if (!resolution)
		return 0;
	resolution->seconds = 0;
	resolution->nanoseconds = IN_SET(COARSE_CLOCKS, clock) ? COARSE_RESOLUTION_NS : 1;
	return 0;
}

int __vdso_gettimeofday(struct linux_timeval *time, struct time_zone *zone)
{
	uint64_t ns;
	if (time) {
		if (!read_page(true, &ns))
			return (int)system_call(CALL_GETTIMEOFDAY, (uintptr_t)time, zone, NULL);
		time->seconds = (int64_t)(ns / NS_PER_SECOND);
		time->microseconds = (int64_t)(ns % NS_PER_SECOND / 1000);
	}
	if (zone)
		*zone = (struct time_zone){ 0, 0 };
	return 0;
}

int64_t __vdso_time(int64_t *seconds)
{
	uint64_t ns;
	if (!read_page(true, &ns))
		return system_call(CALL_TIME, (uintptr_t)seconds, NULL, NULL);
	int64_t now = (int64_t)(ns / NS_PER_SECOND);
	if (seconds)
		*seconds = now;
	return now;
}

/* Nothing that user mode can read tells the CPU. */
int __vdso_getcpu(uint32_t *cpu, uint32_t *node, void *unused)
{
	return (int)system_call(CALL_GETCPU, (uintptr_t)cpu, node, unused);
}
