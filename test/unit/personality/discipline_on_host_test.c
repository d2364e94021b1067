/* SPDX-License-Identifier: MIT */
/*
 * The line discipline against the host's: random settings and keystrokes go to a pseudoterminal of the host and to ours, and
 * echo, reads and processed output must agree byte for byte. ECHOPRT is left out: with it and IUTF8, Linux up to 6.18 was seen
 * to send the master whole pages of its echo queue.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <cmocka.h>
#include "tty/discipline.h"

#define RUNS 150
#define STEPS 12
#define BUFFER 20000u
#define PATIENCE_MS 2000 /* for bytes that must come */
#define QUIET_MS 3       /* in which more than expected would come */

int posix_openpt(int flags);
int grantpt(int fd);
int unlockpt(int fd);
char *ptsname(int fd);

static int master, slave;
static struct discipline d;

static uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 88172645463325252ull;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 11) % limit;
}

static uint32_t sometimes(uint32_t flags)
{
	uint32_t chosen = 0;
	for (uint32_t bit = 1; bit; bit <<= 1) {
		if (flags & bit && random_below(4) == 0)
			chosen |= bit;
	}
	return chosen;
}

static void choose_settings(struct linux_termios *settings)
{
	discipline_default_settings(settings);
	settings->input ^= sometimes(LINUX_INLCR | LINUX_IGNCR | LINUX_ICRNL | LINUX_IUCLC | LINUX_IXON |
				     LINUX_IXANY | LINUX_IUTF8);
	if (random_below(3) == 0)
		settings->input ^= sometimes(LINUX_ISTRIP | LINUX_PARMRK);
	settings->output ^= sometimes(LINUX_OPOST | LINUX_OLCUC | LINUX_ONLCR | LINUX_OCRNL | LINUX_ONOCR |
				      LINUX_ONLRET);
	settings->output ^= random_below(4) ? 0 : LINUX_XTABS;
	settings->local ^= sometimes(LINUX_ICANON | LINUX_ECHO | LINUX_ECHOE | LINUX_ECHOK | LINUX_ECHONL |
				     LINUX_NOFLSH | LINUX_ECHOCTL | LINUX_ECHOKE | LINUX_IEXTEN | LINUX_ISIG);
	settings->characters[LINUX_VEOL] = random_below(4) ? 0 : 'x';
	settings->characters[LINUX_VEOL2] = random_below(4) ? 0 : 'y';
}

static void open_host(struct linux_termios *settings)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(slave >= 0);
	assert_int_equal(ioctl(slave, LINUX_TCSETS2, settings), 0);
	assert_int_equal(ioctl(slave, LINUX_TCGETS2, settings), 0);
}

/* What the host's master has to read: at least `expected` bytes if they come at all. */
static uint32_t host_output(uint8_t *buffer, uint32_t expected)
{
	struct pollfd entry = { .fd = master, .events = POLLIN };
	uint32_t got = 0;
	while (poll(&entry, 1, got < expected ? PATIENCE_MS : QUIET_MS) > 0) {
		ssize_t bytes = read(master, buffer + got, BUFFER - got);
		if (bytes <= 0)
			break;
		got += (uint32_t)bytes;
	}
	return got;
}

static void compare_output(void)
{
	static uint8_t ours[BUFFER], theirs[BUFFER];
	uint32_t bytes = byte_ring_peek(&d.output, ours, BUFFER);
	byte_ring_drop(&d.output, bytes);
	assert_int_equal(host_output(theirs, bytes), bytes);
	assert_memory_equal(ours, theirs, bytes);
}

static uint32_t keystrokes(uint8_t *keys)
{
	static const char menu[] =
		"abcXYZ019 _\t\t\n\r\x7f\x7f\x7f\x15\x17\x17\x04\x12\x16\x11\x01\x1b\xff\xc3\xa9"
		"\xe2\x82\xac xy\b\x0c\0";
	uint32_t count = 1 + random_below(20);
	for (uint32_t i = 0; i < count; i++)
		keys[i] = (uint8_t)menu[random_below(sizeof(menu) - 1)];
	if (random_below(8) == 0)
		keys[random_below(count)] = (uint8_t) "\x03\x1c\x1a"[random_below(3)];
	return count;
}

static void type_some(const uint8_t *keys, uint32_t count)
{
	struct discipline_events events = { 0 };
	assert_int_equal(write(master, keys, count), count);
	assert_int_equal(discipline_feed(&d, keys, count, &events), count);
	compare_output();
}

/* A key that signals drops the echo that the host has not yet moved to the master, which depends on its workers: what was typed before
   is read first. */
static void type_on_both(void)
{
	uint8_t keys[32];
	uint32_t count = keystrokes(keys), before = 0;
	while (before < count && keys[before] != 0x03 && keys[before] != 0x1c && keys[before] != 0x1a)
		before++;
	if (before)
		type_some(keys, before);
	if (before < count)
		type_some(keys + before, count - before);
}

/* -1: nothing to read now. */
static int64_t read_ours(uint8_t *buffer, uint32_t want)
{
	bool ended;
	uint32_t bytes;
	if (!discipline_readable(&d, 1))
		return -1;
	bytes = discipline_take(&d, buffer, want, &ended);
	if (bytes == want && !ended)
		discipline_skip_end_of_file(&d);
	return bytes;
}

/* Input without echo may still be on its way to the host's slave. */
static int64_t read_host(uint8_t *buffer, uint32_t want, bool expected)
{
	struct pollfd entry = { .fd = slave, .events = POLLIN };
	(void)poll(&entry, 1, expected ? PATIENCE_MS : QUIET_MS);
	return read(slave, buffer, want);
}

static void read_on_both(void)
{
	uint8_t ours[32], theirs[32];
	uint32_t want = 1 + random_below(24);
	int64_t got = read_ours(ours, want);
	assert_int_equal(read_host(theirs, want, got >= 0), got);
	if (got > 0)
		assert_memory_equal(ours, theirs, (size_t)got);
}

static void write_on_both(void)
{
	uint8_t bytes[32];
	uint32_t count = 1 + random_below(20);
	for (uint32_t i = 0; i < count; i++)
		bytes[i] = (uint8_t) "ab\t\n\rZ\b\xc3\xa9 z"[random_below(11)];
	assert_int_equal(write(slave, bytes, count), count);
	assert_int_equal(discipline_write(&d, bytes, count), count);
	compare_output();
}

static void both_disciplines_agree(void **state)
{
	(void)state;
	for (uint32_t run = 0; run < RUNS; run++) {
		struct linux_termios settings;
		choose_settings(&settings);
		open_host(&settings);
		discipline_init(&d, &settings, true);
		for (uint32_t step = 0; step < STEPS; step++) {
			type_on_both();
			if (random_below(2))
				read_on_both();
			if (random_below(3) == 0)
				write_on_both();
		}
		close(slave);
		close(master);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(both_disciplines_agree) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
