/* SPDX-License-Identifier: MIT */
/*
 * controller: see controller.h. Commands and bits are those of the IBM PC AT's controller that every PC imitates.
 */
#include "controller.h"

#include "runtime/driver.h"

#define PORT_DATA 0x60
#define PORT_COMMAND 0x64

#define STATUS_OUTPUT_FULL 0x01
#define STATUS_INPUT_FULL 0x02
#define STATUS_SECOND_PORT 0x20
#define STATUS_ABSENT 0xff

#define COMMAND_READ_CONFIGURATION 0x20
#define COMMAND_WRITE_CONFIGURATION 0x60
#define COMMAND_DISABLE_SECOND 0xa7
#define COMMAND_DISABLE_FIRST 0xad
#define COMMAND_ENABLE_FIRST 0xae

#define CONFIGURATION_INTERRUPT_FIRST 0x01
#define CONFIGURATION_INTERRUPT_SECOND 0x02
#define CONFIGURATION_FIRST_OFF 0x10
#define CONFIGURATION_SECOND_OFF 0x20
#define CONFIGURATION_TRANSLATE 0x40

#define KEYBOARD_SET_LIGHTS 0xed
#define KEYBOARD_ENABLE_SCANNING 0xf4
#define KEYBOARD_ACKNOWLEDGE 0xfa
#define KEYBOARD_RESEND 0xfe

#define WAIT_READS 20000
#define FLUSH_BYTES 64

static uint8_t status_of(const struct controller *controller)
{
	return port_read8(controller->command_port, PORT_COMMAND);
}

/* Until the controller takes a byte. */
static bool wait_to_write(const struct controller *controller)
{
	for (int i = 0; i < WAIT_READS; i++) {
		if (!(status_of(controller) & STATUS_INPUT_FULL))
			return true;
	}
	return false;
}

static bool wait_to_read(const struct controller *controller)
{
	for (int i = 0; i < WAIT_READS; i++) {
		if (status_of(controller) & STATUS_OUTPUT_FULL)
			return true;
	}
	return false;
}

static bool send_command(const struct controller *controller, uint8_t command)
{
	if (!wait_to_write(controller))
		return false;
	port_write8(controller->command_port, PORT_COMMAND, command);
	return true;
}

static bool send_data(const struct controller *controller, uint8_t byte)
{
	if (!wait_to_write(controller))
		return false;
	port_write8(controller->data_port, PORT_DATA, byte);
	return true;
}

static void flush(const struct controller *controller)
{
	for (int i = 0; i < FLUSH_BYTES && (status_of(controller) & STATUS_OUTPUT_FULL); i++)
		(void)port_read8(controller->data_port, PORT_DATA);
}

static bool read_configuration(const struct controller *controller, uint8_t *configuration)
{
	if (!send_command(controller, COMMAND_READ_CONFIGURATION) || !wait_to_read(controller))
		return false;
	*configuration = port_read8(controller->data_port, PORT_DATA);
	return true;
}

/* Interrupt and translation on for the keyboard, the second port off. */
static bool configure(struct controller *controller)
{
	uint8_t configuration;

	if (!read_configuration(controller, &configuration))
		return false;
	configuration &= (uint8_t) ~(CONFIGURATION_INTERRUPT_SECOND | CONFIGURATION_FIRST_OFF);
	configuration |= CONFIGURATION_INTERRUPT_FIRST | CONFIGURATION_TRANSLATE | CONFIGURATION_SECOND_OFF;
	if (!send_command(controller, COMMAND_WRITE_CONFIGURATION) || !send_data(controller, configuration) ||
	    !read_configuration(controller, &configuration))
		return false;
	controller->translates = (configuration & CONFIGURATION_TRANSLATE) != 0;
	return true;
}

status_t controller_start(struct controller *controller, handle_t data_port, handle_t command_port)
{
	*controller = (struct controller){ .data_port = data_port, .command_port = command_port };
	if (status_of(controller) == STATUS_ABSENT)
		return STATUS_NOT_FOUND;
	if (!send_command(controller, COMMAND_DISABLE_FIRST) ||
	    !send_command(controller, COMMAND_DISABLE_SECOND))
		return STATUS_IO_ERROR;
	flush(controller);
	if (!configure(controller) || !send_command(controller, COMMAND_ENABLE_FIRST) ||
	    !send_data(controller, KEYBOARD_ENABLE_SCANNING))
		return STATUS_IO_ERROR;
	return STATUS_OK;
}

static void start_lights(struct controller *controller)
{
	if (controller->lights != LIGHTS_SET || controller->leds_wanted == controller->leds_sent)
		return;
	if (send_data(controller, KEYBOARD_SET_LIGHTS))
		controller->lights = LIGHTS_COMMANDED;
}

void controller_set_leds(struct controller *controller, uint8_t leds)
{
	controller->leds_wanted = leds;
	start_lights(controller);
}

/* An acknowledgement moves the lights' command on. A keyboard that does not take it keeps its lights as they are. */
static void take_answer(struct controller *controller, bool acknowledged)
{
	if (acknowledged && controller->lights == LIGHTS_COMMANDED) {
		controller->leds_sent = controller->leds_wanted;
		controller->lights = send_data(controller, controller->leds_sent) ? LIGHTS_SENT : LIGHTS_SET;
		return;
	}
	if (!acknowledged)
		controller->leds_sent = controller->leds_wanted;
	controller->lights = LIGHTS_SET;
	start_lights(controller);
}

bool controller_read(struct controller *controller, uint8_t *byte)
{
	uint8_t status;

	for (int i = 0; i < FLUSH_BYTES; i++) {
		status = status_of(controller);
		if (!(status & STATUS_OUTPUT_FULL))
			return false;
		*byte = port_read8(controller->data_port, PORT_DATA);
		if (status & STATUS_SECOND_PORT)
			continue;
		if (*byte != KEYBOARD_ACKNOWLEDGE && *byte != KEYBOARD_RESEND)
			return true;
		take_answer(controller, *byte == KEYBOARD_ACKNOWLEDGE);
	}
	return false;
}
