/* SPDX-License-Identifier: MIT */
/*
 * The places of a virtio device's registers, from configuration spaces as QEMU's devices have them, and from hostile ones.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "virtio/layout.h"

static uint8_t space[VIRTIO_CONFIGURATION_BYTES];
static struct virtio_layout layout;

static void put32(unsigned at, uint32_t value)
{
	memcpy(space + at, &value, 4);
}

static void put_virtio(unsigned at, uint8_t next, uint8_t kind, uint8_t bar, uint32_t offset, uint32_t bytes)
{
	space[at] = 0x09;
	space[at + 1] = next;
	space[at + 2] = kind == 2 ? 20 : 16;
	space[at + 3] = kind;
	space[at + 4] = bar;
	put32(at + 8, offset);
	put32(at + 12, bytes);
}

static void make_good(void)
{
	memset(space, 0, sizeof space);
	space[0x06] = 0x10;
	space[0x34] = 0x98;
	space[0x98] = 0x11; /* MSI-X: two entries at 0x800 of bar 1 */
	space[0x99] = 0x84;
	space[0x9a] = 1;
	put32(0x9c, 0x800 | 1);
	put_virtio(0x84, 0x70, 5, 0, 0, 0);
	put_virtio(0x70, 0x60, 2, 4, 0x3000, 0x1000);
	put32(0x80, 4);
	put_virtio(0x60, 0x50, 4, 4, 0x2000, 0x1000);
	put_virtio(0x50, 0x40, 3, 4, 0x1000, 0x1000);
	put_virtio(0x40, 0, 1, 4, 0, 0x1000);
}

static void a_device_is_understood(void **state)
{
	(void)state;
	make_good();
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_OK);
	assert_int_equal(layout.common.bar, 4);
	assert_int_equal(layout.common.bytes, 0x1000);
	assert_int_equal(layout.notify.offset, 0x3000);
	assert_int_equal(layout.notify_multiplier, 4);
	assert_int_equal(layout.device.offset, 0x2000);
	assert_int_equal(layout.msix.bar, 1);
	assert_int_equal(layout.msix.offset, 0x800);
	assert_int_equal(layout.msix.bytes, 32);
}

static void the_first_of_a_kind_counts(void **state)
{
	(void)state;
	make_good();
	put_virtio(0x84, 0x70, 1, 2, 0x500, 0x100);
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_OK);
	assert_int_equal(layout.common.bar, 2);
}

static void old_and_broken_devices_are_refused(void **state)
{
	(void)state;
	make_good();
	space[0x06] = 0;
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_NOT_SUPPORTED);
	make_good();
	space[0x43] = 7; /* nothing common: a device before virtio 1 */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_NOT_SUPPORTED);
	make_good();
	space[0x44] = 6; /* a bar that cannot be */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_NOT_SUPPORTED);
	make_good();
	put32(0x48, 0xfffffff0); /* goes round */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_NOT_SUPPORTED);
	make_good();
	put32(0x4c, 55); /* too short for the registers */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_CORRUPT);
	make_good();
	space[0x72] = 16; /* no room for the multiplier */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_CORRUPT);
	make_good();
	space[0x34] = 0xfc; /* reaches behind the space */
	space[0xfc] = 0x09;
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_CORRUPT);
	make_good();
	space[0x41] = 0x98; /* a ring */
	assert_int_equal(virtio_layout_read(space, &layout), STATUS_OK);
}

static void noise_is_survived(void **state)
{
	(void)state;
	srand(3);
	for (int round = 0; round < 50000; round++) {
		make_good();
		for (int i = rand() % 12; i >= 0; i--)
			space[rand() % 256] = (uint8_t)rand();
		if (virtio_layout_read(space, &layout) != STATUS_OK)
			continue;
		assert_in_range(layout.common.bytes, 56, UINT32_MAX);
		assert_in_range((uint64_t)layout.common.offset + layout.common.bytes, 1, UINT32_MAX);
		assert_in_range(layout.common.bar, 0, 5);
		assert_in_range(layout.notify.bar, 0, 5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_device_is_understood),
		cmocka_unit_test(the_first_of_a_kind_counts),
		cmocka_unit_test(old_and_broken_devices_are_refused),
		cmocka_unit_test(noise_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
