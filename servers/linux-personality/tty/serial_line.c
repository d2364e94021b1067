/* SPDX-License-Identifier: MIT */
/*
 * Settings and modem lines of serial terminals: between termios and the console service's terms.
 */
#include "tty/serial.h"

#include "core/errno.h"
#include "core/guest_memory.h"

static uint32_t parity_of(uint32_t control)
{
	bool odd = control & LINUX_PARODD;
	if (!(control & LINUX_PARENB))
		return CONSOLE_PARITY_NONE;
	if (control & LINUX_CMSPAR)
		return odd ? CONSOLE_PARITY_MARK : CONSOLE_PARITY_SPACE;
	return odd ? CONSOLE_PARITY_ODD : CONSOLE_PARITY_EVEN;
}

static struct console_line line_of(const struct linux_termios *settings, uint32_t old_control)
{
	uint32_t control = settings->control;
	struct console_line line = {
		.baud = settings->output_speed,
		.parity = parity_of(control),
		.data_bits = 5 + ((control & LINUX_CSIZE) >> 4),
		.stop_bits = control & LINUX_CSTOPB ? 2 : 1,
		.control = old_control & (CONSOLE_CONTROL_DTR | CONSOLE_CONTROL_RTS),
	};
	if (control & LINUX_CRTSCTS)
		line.control |= CONSOLE_CONTROL_RTS_CTS;
	if (control & LINUX_CREAD)
		line.control |= CONSOLE_CONTROL_RECEIVE;
	return line;
}

static void set_line(struct serial *port, const struct console_line *line)
{
	struct console_set_line_request request = { .line = *line };
	struct console_set_line_reply reply;
	if (memcmp(line, &port->line, sizeof(*line)) == 0)
		return;
	if (console_set_line(port->endpoint, &request, &reply) == STATUS_OK)
		port->line = reply.line;
}

void serial_apply_settings(struct serial *port, const struct linux_termios *settings)
{
	struct console_line line;
	mutex_acquire(&port->device);
	line = line_of(settings, port->line.control);
	set_line(port, &line);
	mutex_release(&port->device);
}

void serial_settings_from_line(struct linux_termios *settings, const struct console_line *line)
{
	uint32_t control = settings->control & ~(LINUX_CBAUD | LINUX_CSIZE | LINUX_CSTOPB | LINUX_PARENB |
						 LINUX_PARODD | LINUX_CMSPAR | LINUX_CRTSCTS);
	control |= code_of_speed(line->baud) | ((line->data_bits - 5) & 3) << 4;
	if (line->stop_bits == 2)
		control |= LINUX_CSTOPB;
	if (line->parity != CONSOLE_PARITY_NONE)
		control |= LINUX_PARENB;
	if (line->parity == CONSOLE_PARITY_ODD || line->parity == CONSOLE_PARITY_MARK)
		control |= LINUX_PARODD;
	if (line->parity == CONSOLE_PARITY_MARK || line->parity == CONSOLE_PARITY_SPACE)
		control |= LINUX_CMSPAR;
	if (line->control & CONSOLE_CONTROL_RTS_CTS)
		control |= LINUX_CRTSCTS;
	settings->control = control;
	settings->input_speed = settings->output_speed = line->baud;
}

void serial_break(struct serial *port, bool on)
{
	struct console_set_break_request request = { .on = on };
	(void)!console_set_break(port->endpoint, &request);
}

static const struct {
	uint32_t ours, linux_bit;
} modem_lines[] = {
	{ CONSOLE_MODEM_CTS, LINUX_TIOCM_CTS },
	{ CONSOLE_MODEM_DSR, LINUX_TIOCM_DSR },
	{ CONSOLE_MODEM_RING, LINUX_TIOCM_RNG },
	{ CONSOLE_MODEM_CARRIER, LINUX_TIOCM_CAR },
};

static uint32_t outgoing_lines(const struct serial *port)
{
	return (port->line.control & CONSOLE_CONTROL_DTR ? LINUX_TIOCM_DTR : 0) |
	       (port->line.control & CONSOLE_CONTROL_RTS ? LINUX_TIOCM_RTS : 0);
}

static int64_t modem_get(struct serial *port, uint64_t argument)
{
	struct console_get_state_reply reply;
	uint32_t lines = outgoing_lines(port);
	if (console_get_state(port->endpoint, &reply) != STATUS_OK)
		return -EIO;
	for (uint32_t i = 0; i < sizeof(modem_lines) / sizeof(modem_lines[0]); i++) {
		if (reply.state.modem & modem_lines[i].ours)
			lines |= modem_lines[i].linux_bit;
	}
	return guest_write((gaddr_t){ argument }, &lines, sizeof(lines));
}

static void modem_set(struct serial *port, uint32_t set, uint32_t clear)
{
	struct console_line line;
	uint32_t lines;
	mutex_acquire(&port->device);
	line = port->line;
	lines = (outgoing_lines(port) & ~clear) | set;
	line.control &= ~(CONSOLE_CONTROL_DTR | CONSOLE_CONTROL_RTS);
	line.control |= lines & LINUX_TIOCM_DTR ? CONSOLE_CONTROL_DTR : 0;
	line.control |= lines & LINUX_TIOCM_RTS ? CONSOLE_CONTROL_RTS : 0;
	set_line(port, &line);
	mutex_release(&port->device);
}

static int64_t modem_change(struct serial *port, uint32_t command, uint64_t argument)
{
	uint32_t lines;
	if (guest_read(&lines, (gaddr_t){ argument }, sizeof(lines)))
		return -EFAULT;
	switch (command) {
	case LINUX_TIOCMBIS: modem_set(port, lines, 0); break;
	case LINUX_TIOCMBIC: modem_set(port, 0, lines); break;
	default: modem_set(port, lines, ~lines); break;
	}
	return 0;
}

/* What is known here: ports and interrupts are the driver's alone. */
static int64_t describe(struct serial *port, uint64_t argument)
{
	struct linux_serial serial = { .line = (int32_t)port->tty.index, .baud_base = 115200 };
	if (port->tty.index == LINE_SCREEN)
		return -ENOTTY;
	return guest_write((gaddr_t){ argument }, &serial, sizeof(serial));
}

int64_t serial_control(struct thread *self, struct serial *port, uint32_t command, uint64_t argument)
{
	(void)self;
	switch (command) {
	case LINUX_TIOCMGET: return modem_get(port, argument);
	case LINUX_TIOCMSET:
	case LINUX_TIOCMBIS:
	case LINUX_TIOCMBIC: return modem_change(port, command, argument);
	case LINUX_TIOCGSERIAL: return describe(port, argument);
	default: return -ENOTTY;
	}
}
