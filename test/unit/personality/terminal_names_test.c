/* SPDX-License-Identifier: MIT */
/*
 * Small decisions around terminals: which line is the console, what a devpts mount's options mean, line speeds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "tty/console.h"
#include "tty/devpts.h"
#include "tty/serial.h"

/* console_init, which is not tried here, asks for it. */
struct tty *serial_find(enum serial_line line)
{
	(void)line;
	return NULL;
}

#define SERIAL_ONLY (1u << LINE_TTYS0 | 1u << LINE_TTYS1)
#define ALL (SERIAL_ONLY | 1u << LINE_SCREEN)

static void the_last_console_that_exists_wins(void **state)
{
	(void)state;
	assert_int_equal(console_choose("", ALL), LINE_TTYS0);
	assert_int_equal(console_choose("quiet console=ttyS1", ALL), LINE_TTYS1);
	assert_int_equal(console_choose("console=ttyS1 console=ttyS0 quiet", ALL), LINE_TTYS0);
	assert_int_equal(console_choose("console=ttyS0 console=ttyS1,115200n8", ALL), LINE_TTYS1);
	assert_int_equal(console_choose("console=ttyS0 console=tty0", ALL), LINE_SCREEN);
	assert_int_equal(console_choose("console=tty1 console=ttyS1", ALL), LINE_TTYS1);
	assert_int_equal(console_choose("console=ttyS1 console=tty0", SERIAL_ONLY), LINE_TTYS1);
	assert_int_equal(console_choose("console=ttyS1 console=ttyS7", ALL), LINE_TTYS1);
	assert_int_equal(console_choose("xconsole=ttyS1 console=ttyS1x", ALL), LINE_TTYS0);
	assert_int_equal(console_choose("console=ttyS10", ALL), LINE_TTYS0);
}

static void mount_options_are_understood_or_refused(void **state)
{
	struct devpts_options options;
	char text[128];
	(void)state;
	assert_true(devpts_parse_options(&options, ""));
	assert_int_equal(options.mode, 0600);
	assert_int_equal(options.ptmx_mode, 0);
	assert_false(options.set_group);
	assert_true(devpts_parse_options(&options, "newinstance,gid=5,mode=620,ptmxmode=0666,max=8"));
	assert_int_equal(options.mode, 0620);
	assert_int_equal(options.group, 5);
	assert_int_equal(options.ptmx_mode, 0666);
	assert_int_equal(options.max, 8);
	devpts_show_options(&options, text, sizeof(text));
	assert_string_equal(text, "gid=5,mode=620,ptmxmode=666,max=8");
	assert_false(devpts_parse_options(&options, "mode=9"));
	assert_false(devpts_parse_options(&options, "gid="));
	assert_false(devpts_parse_options(&options, "gid=5x"));
	assert_false(devpts_parse_options(&options, "gid=4294967296"));
	assert_false(devpts_parse_options(&options, "newinstances"));
	assert_false(devpts_parse_options(&options, "max=1000000"));
}

static void speeds_and_codes_are_one_to_one(void **state)
{
	(void)state;
	assert_int_equal(speed_of_code(LINUX_B38400), 38400);
	assert_int_equal(code_of_speed(115200), 0010002);
	assert_int_equal(code_of_speed(12345), LINUX_BOTHER);
	assert_int_equal(speed_of_code(LINUX_BOTHER), 0);
	for (uint32_t code = 1; code < 32; code++) {
		uint32_t bits = (code & 15) | (code & 16 ? LINUX_CBAUDEX : 0);
		if (bits != LINUX_BOTHER)
			assert_int_equal(code_of_speed(speed_of_code(bits)), bits);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_console_that_exists_wins),
		cmocka_unit_test(mount_options_are_understood_or_refused),
		cmocka_unit_test(speeds_and_codes_are_one_to_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
