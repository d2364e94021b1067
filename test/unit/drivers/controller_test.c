/* SPDX-License-Identifier: MIT */
/*
 * The keyboard controller against a model of it: its start, what is a key and what an answer, the lights' command, and
 * controllers that are absent, mute, or cannot translate.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "keyboard/controller.h"
#include "runtime/driver.h"

#define QUEUE 64

static struct {
	bool absent, mute, cannot_translate;
	uint8_t configuration, command;
	bool keyboard_off, second_off;
	uint8_t queue[QUEUE];
	bool from_mouse[QUEUE];
	unsigned head, tail;
	uint8_t to_keyboard[QUEUE];
	unsigned sent;
} model;

static struct controller controller;
static const handle_t DATA = { 11 }, COMMAND = { 12 };

static void arrive(uint8_t byte, bool mouse)
{
	assert_in_range(model.head - model.tail, 0, QUEUE - 1);
	model.from_mouse[model.head % QUEUE] = mouse;
	model.queue[model.head++ % QUEUE] = byte;
}

uint8_t port_read8(handle_t ports, uint16_t port)
{
	bool full = model.head != model.tail;

	if (port == 0x64) {
		assert_int_equal(ports.value, COMMAND.value);
		if (model.absent)
			return 0xff;
		return (uint8_t)(full ? (model.from_mouse[model.tail % QUEUE] ? 0x21 : 0x01) : 0x00);
	}
	assert_int_equal(ports.value, DATA.value);
	assert_int_equal(port, 0x60);
	return full ? model.queue[model.tail++ % QUEUE] : 0;
}

static void take_command(uint8_t command)
{
	model.command = command;
	if (command == 0x20 && !model.mute)
		arrive(model.configuration, false);
	if (command == 0xad || command == 0xae)
		model.keyboard_off = command == 0xad;
	if (command == 0xa7)
		model.second_off = true;
}

void port_write8(handle_t ports, uint16_t port, uint8_t value)
{
	if (port == 0x64) {
		assert_int_equal(ports.value, COMMAND.value);
		take_command(value);
		return;
	}
	assert_int_equal(ports.value, DATA.value);
	assert_int_equal(port, 0x60);
	if (model.command == 0x60) {
		model.configuration = model.cannot_translate ? value & (uint8_t)~0x40 : value;
		model.command = 0;
		return;
	}
	model.to_keyboard[model.sent++ % QUEUE] = value;
}

static void reset(uint8_t configuration)
{
	memset(&model, 0, sizeof model);
	model.configuration = configuration;
}

static void a_controller_is_started(void **state)
{
	(void)state;
	reset(0x02 | 0x10);
	arrive(0x55, false);
	arrive(0x66, true);
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_OK);
	assert_true(controller.translates && model.second_off && !model.keyboard_off);
	assert_int_equal(model.configuration & 0x53, 0x41);
	assert_int_equal(model.to_keyboard[model.sent - 1], 0xf4);
}

static void bad_controllers_are_told_apart(void **state)
{
	(void)state;
	reset(0);
	model.absent = true;
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_NOT_FOUND);
	reset(0);
	model.mute = true;
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_IO_ERROR);
	reset(0);
	model.cannot_translate = true;
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_OK);
	assert_false(controller.translates);
}

static void only_keys_are_given_on(void **state)
{
	uint8_t byte;

	(void)state;
	reset(0);
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_OK);
	assert_false(controller_read(&controller, &byte));
	arrive(0xfa, false);
	arrive(0x77, true);
	arrive(0x1e, false);
	arrive(0x9e, false);
	assert_true(controller_read(&controller, &byte));
	assert_int_equal(byte, 0x1e);
	assert_true(controller_read(&controller, &byte));
	assert_int_equal(byte, 0x9e);
	assert_false(controller_read(&controller, &byte));
}

static void lights_follow_the_acknowledgements(void **state)
{
	uint8_t byte;

	(void)state;
	reset(0);
	assert_int_equal(controller_start(&controller, DATA, COMMAND), STATUS_OK);
	model.sent = 0;
	controller_set_leds(&controller, 0);
	assert_int_equal(model.sent, 0);
	controller_set_leds(&controller, 4);
	assert_int_equal(model.sent, 1);
	assert_int_equal(model.to_keyboard[0], 0xed);
	controller_set_leds(&controller, 6); /* meanwhile: what is sent is the newest */
	arrive(0xfa, false);
	assert_false(controller_read(&controller, &byte));
	assert_int_equal(model.sent, 2);
	assert_int_equal(model.to_keyboard[1], 6);
	controller_set_leds(&controller, 0); /* while the command runs: a second one follows */
	assert_int_equal(model.sent, 2);
	arrive(0xfa, false);
	assert_false(controller_read(&controller, &byte));
	assert_int_equal(model.to_keyboard[2], 0xed);
	/* Refused: no further try. */
	arrive(0xfe, false);
	assert_false(controller_read(&controller, &byte));
	assert_int_equal(model.sent, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_controller_is_started),
		cmocka_unit_test(bad_controllers_are_told_apart),
		cmocka_unit_test(only_keys_are_given_on),
		cmocka_unit_test(lights_follow_the_acknowledgements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
