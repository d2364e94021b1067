/* SPDX-License-Identifier: MIT */
/*
 * What the vDSO's functions answer from a clock page that the test writes: a page with mult 0 stands still at base_ns.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>
#include "linux_abi/time.h"
#include "load.h"

#define SECOND 1000000000ll
#define BASE (12345ll * SECOND + 678901234)
#define OFFSET (1700000000ll * SECOND + 111222333)
#define STORM_WRITES 20000

static struct vdso vdso;
static int (*get_time)(int32_t clock, struct linux_timespec *time);
static int (*get_resolution)(int32_t clock, struct linux_timespec *resolution);
static int (*get_day)(struct linux_timeval *time, int32_t *zone);
static int64_t (*get_seconds)(int64_t *seconds);
static int (*get_cpu)(uint32_t *cpu, uint32_t *node, void *unused);

static const int32_t boot_clocks[] = { LINUX_CLOCK_MONOTONIC, LINUX_CLOCK_MONOTONIC_RAW,
				       LINUX_CLOCK_MONOTONIC_COARSE, LINUX_CLOCK_BOOTTIME };
static const int32_t wall_clocks[] = { LINUX_CLOCK_REALTIME, LINUX_CLOCK_REALTIME_COARSE, LINUX_CLOCK_TAI };
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint64_t counter(void)
{
	uint32_t low, high;
	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static int stand_still(void **state)
{
	(void)state;
	*vdso.page = (struct clock_page){
		.sequence = 6,
		.shift = 32,
		.base_tsc = counter(),
		.base_ns = BASE,
		.realtime_offset_ns = OFFSET,
		.tsc_usable = 1,
	};
	return 0;
}

static int64_t read_clock(int32_t clock)
{
	struct linux_timespec time = { -1, -1 };
	assert_int_equal(get_time(clock, &time), 0);
	assert_in_range(time.nanoseconds, 0, SECOND - 1);
	return time.seconds * SECOND + time.nanoseconds;
}

static void every_clock_has_its_time(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(boot_clocks); i++)
		assert_int_equal(read_clock(boot_clocks[i]), BASE);
	for (size_t i = 0; i < COUNT(wall_clocks); i++)
		assert_int_equal(read_clock(wall_clocks[i]), BASE + OFFSET);
}

static void seconds_and_nanoseconds_are_split_exactly(void **state)
{
	static const int64_t values[] = { 0,
					  1,
					  SECOND - 1,
					  SECOND,
					  SECOND + 1,
					  2 * SECOND - 1,
					  1ll << 32,
					  (1ll << 53) + 1,
					  INT64_MAX,
					  999999999999ll,
					  3601ll * SECOND,
					  INT64_MAX - SECOND };
	struct linux_timespec time;
	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		vdso.page->base_ns = (uint64_t)values[i];
		assert_int_equal(get_time(LINUX_CLOCK_MONOTONIC, &time), 0);
		assert_int_equal(time.seconds, values[i] / SECOND);
		assert_int_equal(time.nanoseconds, values[i] % SECOND);
	}
}

static void a_day_is_told_in_microseconds(void **state)
{
	struct linux_timeval time = { -1, -1 };
	int32_t zone[2] = { 77, 77 };
	(void)state;
	assert_int_equal(get_day(&time, NULL), 0);
	assert_int_equal(time.seconds, (BASE + OFFSET) / SECOND);
	assert_int_equal(time.microseconds, (BASE + OFFSET) % SECOND / 1000);
	assert_int_equal(get_day(NULL, zone), 0);
	assert_int_equal(zone[0], 0);
	assert_int_equal(zone[1], 0);
	assert_int_equal(get_day(NULL, NULL), 0);
}

static void time_answers_and_stores(void **state)
{
	int64_t stored = -1;
	(void)state;
	assert_int_equal(get_seconds(NULL), (BASE + OFFSET) / SECOND);
	assert_int_equal(get_seconds(&stored), (BASE + OFFSET) / SECOND);
	assert_int_equal(stored, (BASE + OFFSET) / SECOND);
}

static void resolutions_are_linux_s(void **state)
{
	struct linux_timespec resolution;
	(void)state;
	for (int32_t clock = 0; clock <= LINUX_CLOCK_TAI; clock++) {
		bool coarse = clock == LINUX_CLOCK_REALTIME_COARSE || clock == LINUX_CLOCK_MONOTONIC_COARSE;
		if (clock == LINUX_CLOCK_REALTIME_ALARM || clock == LINUX_CLOCK_BOOTTIME_ALARM || clock == 10)
			continue;
		resolution = (struct linux_timespec){ -1, -1 };
		assert_int_equal(get_resolution(clock, &resolution), 0);
		assert_int_equal(resolution.seconds, 0);
		assert_int_equal(resolution.nanoseconds, coarse ? 4000000 : 1);
		assert_int_equal(get_resolution(clock, NULL), 0);
	}
}

/* One tick is one nanosecond. */
static void the_counter_runs(void **state)
{
	(void)state;
	vdso.page->mult = 1ull << vdso.page->shift;
	for (int i = 0; i < 10000; i++) {
		uint64_t before = counter() - vdso.page->base_tsc;
		int64_t ns = read_clock(LINUX_CLOCK_MONOTONIC);
		uint64_t after = counter() - vdso.page->base_tsc;
		assert_in_range(ns - BASE, before, after);
	}
}

static void time_never_runs_backwards(void **state)
{
	int64_t last[2] = { 0, 0 };
	(void)state;
	vdso.page->mult = (1ull << vdso.page->shift) / 3;
	for (int i = 0; i < 100000; i++) {
		int64_t ns = read_clock(i & 1 ? LINUX_CLOCK_REALTIME : LINUX_CLOCK_MONOTONIC);
		assert_true(ns >= last[i & 1]);
		last[i & 1] = ns;
	}
}

/* ticks * mult does not fit 64 bits by far: 2^60 ticks, times 2^shift. The counter has wrapped since the base. */
static void products_are_128_bits_wide(void **state)
{
	static const uint32_t shifts[] = { 1, 4, 31, 32, 33, 50, 62 };
	(void)state;
	for (size_t i = 0; i < COUNT(shifts); i++) {
		vdso.page->shift = shifts[i];
		vdso.page->mult = 1ull << shifts[i];
		uint64_t before = counter();
		vdso.page->base_tsc = before - (1ull << 60);
		int64_t passed = read_clock(LINUX_CLOCK_MONOTONIC) - BASE - (1ll << 60);
		assert_in_range(passed, 0, counter() - before);
	}
}

static void a_counter_behind_the_base_is_a_little_early(void **state)
{
	uint64_t before = counter();
	(void)state;
	vdso.page->mult = 1ull << 32;
	vdso.page->base_tsc = before + SECOND;
	int64_t passed = read_clock(LINUX_CLOCK_MONOTONIC) - (BASE - SECOND);
	assert_in_range(passed, 0, counter() - before);
}

static int64_t host_clock(int32_t clock)
{
	struct timespec time;
	assert_int_equal(syscall(SYS_clock_gettime, clock, &time), 0);
	return time.tv_sec * SECOND + time.tv_nsec;
}

/* The clock as the system tells it, between two readings of ours. */
static void check_system(int32_t clock)
{
	int64_t before = host_clock(clock), ns = read_clock(clock), after = host_clock(clock);
	assert_in_range(ns, before, after);
}

/* A clock that the system may not have. */
static void check_system_result(int32_t clock)
{
	struct linux_timespec time;
	struct timespec host;
	int expected = syscall(SYS_clock_gettime, clock, &host) ? -errno : 0;
	assert_int_equal(get_time(clock, &time), expected);
}

static void other_clocks_are_the_system_s(void **state)
{
	(void)state;
	check_system(LINUX_CLOCK_PROCESS_CPUTIME);
	check_system(LINUX_CLOCK_THREAD_CPUTIME);
	check_system((int32_t)(~(uint32_t)getpid() << 3 | 2));
	check_system_result(LINUX_CLOCK_REALTIME_ALARM);
	check_system_result(LINUX_CLOCK_BOOTTIME_ALARM);
}

/* As a system call answers, not as the C library does. */
static void unknown_clocks_are_refused(void **state)
{
	static const int32_t unknown[] = { 10, 12, 31, 32, 33, 37, 43, 64, 100, 0x7fffffff };
	struct linux_timespec time = { -5, -5 };
	(void)state;
	for (size_t i = 0; i < COUNT(unknown); i++) {
		assert_int_equal(get_time(unknown[i], &time), -EINVAL);
		assert_int_equal(get_resolution(unknown[i], &time), -EINVAL);
	}
	assert_int_equal(get_resolution(-1, &time), -EINVAL);
	assert_int_equal(time.seconds, -5);
}

static void without_a_counter_the_system_tells(void **state)
{
	struct linux_timeval time = { -1, -1 };
	int32_t zone[2] = { 77, 77 };
	int64_t stored = -1;
	(void)state;
	vdso.page->tsc_usable = 0;
	for (size_t i = 0; i < COUNT(boot_clocks); i++)
		check_system(boot_clocks[i]);
	for (size_t i = 0; i < COUNT(wall_clocks); i++)
		check_system(wall_clocks[i]);
	int64_t before = host_clock(LINUX_CLOCK_REALTIME);
	assert_int_equal(get_day(&time, zone), 0);
	assert_in_range(time.seconds * SECOND + time.microseconds * 1000, before - 1000,
			host_clock(LINUX_CLOCK_REALTIME));
	assert_int_not_equal(zone[0], 77);
	assert_in_range(get_seconds(&stored), before / SECOND - 1, host_clock(LINUX_CLOCK_REALTIME) / SECOND);
	assert_in_range(stored, before / SECOND - 1, host_clock(LINUX_CLOCK_REALTIME) / SECOND);
}

static void the_cpu_is_the_system_s(void **state)
{
	uint32_t cpu = UINT32_MAX, node = UINT32_MAX;
	(void)state;
	assert_int_equal(get_cpu(&cpu, &node, NULL), 0);
	assert_in_range(cpu, 0, sysconf(_SC_NPROCESSORS_CONF) - 1);
	assert_in_range(node, 0, 1023);
	assert_int_equal(get_cpu(NULL, NULL, NULL), 0);
}

struct reader {
	pthread_t thread;
	int64_t ns;
	bool done; /* atomic */
};

static void *read_once(void *argument)
{
	struct reader *reader = argument;
	struct linux_timespec time = { 0, 0 };
	(void)get_time(LINUX_CLOCK_REALTIME, &time);
	reader->ns = time.seconds * SECOND + time.nanoseconds;
	__atomic_store_n(&reader->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void set_sequence(uint32_t sequence)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&vdso.page->sequence, sequence, __ATOMIC_SEQ_CST);
}

/* While the page is being written, a reader goes on trying; then it answers what was written. */
static void an_odd_sequence_is_waited_for(void **state)
{
	struct reader reader = { .ns = -1 };
	(void)state;
	set_sequence(7);
	vdso.page->base_ns = 0;
	assert_int_equal(pthread_create(&reader.thread, NULL, read_once, &reader), 0);
	usleep(50000);
	assert_false(__atomic_load_n(&reader.done, __ATOMIC_ACQUIRE));
	vdso.page->base_ns = 5 * SECOND;
	vdso.page->realtime_offset_ns = 3;
	set_sequence(8);
	assert_int_equal(pthread_join(reader.thread, NULL), 0);
	assert_int_equal(reader.ns, 5 * SECOND + 3);
}

/* base_ns and realtime_offset_ns always sum up to the same, but never while one of the two is written. */
static void *write_storm(void *argument)
{
	for (uint32_t i = 1; i <= STORM_WRITES; i++) {
		set_sequence(2 * i + 1);
		vdso.page->base_ns = i;
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		vdso.page->realtime_offset_ns = (int64_t)SECOND - i;
		set_sequence(2 * i + 2);
		if (i % 64 == 0)
			usleep(1);
	}
	__atomic_store_n((bool *)argument, true, __ATOMIC_RELEASE);
	return NULL;
}

static void a_torn_page_is_never_believed(void **state)
{
	pthread_t writer;
	bool done = false;
	uint64_t seen = 0, last = 0;
	(void)state;
	vdso.page->base_ns = 0;
	vdso.page->realtime_offset_ns = SECOND;
	assert_int_equal(pthread_create(&writer, NULL, write_storm, &done), 0);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
		uint64_t now = (uint64_t)read_clock(LINUX_CLOCK_MONOTONIC);
		assert_int_equal(read_clock(LINUX_CLOCK_REALTIME), SECOND);
		assert_true(now >= last);
		seen += now != last;
		last = now;
	}
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_true(seen > 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, stand_still)
	const struct CMUnitTest tests[] = {
		TEST(every_clock_has_its_time),
		TEST(seconds_and_nanoseconds_are_split_exactly),
		TEST(a_day_is_told_in_microseconds),
		TEST(time_answers_and_stores),
		TEST(resolutions_are_linux_s),
		TEST(the_counter_runs),
		TEST(time_never_runs_backwards),
		TEST(products_are_128_bits_wide),
		TEST(a_counter_behind_the_base_is_a_little_early),
		TEST(other_clocks_are_the_system_s),
		TEST(unknown_clocks_are_refused),
		TEST(without_a_counter_the_system_tells),
		TEST(the_cpu_is_the_system_s),
		TEST(an_odd_sequence_is_waited_for),
		TEST(a_torn_page_is_never_believed),
	};
	vdso_load(&vdso);
	get_time = vdso_function(&vdso, "__vdso_clock_gettime");
	get_resolution = vdso_function(&vdso, "__vdso_clock_getres");
	get_day = vdso_function(&vdso, "__vdso_gettimeofday");
	get_seconds = vdso_function(&vdso, "__vdso_time");
	get_cpu = vdso_function(&vdso, "__vdso_getcpu");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
