/* SPDX-License-Identifier: MIT */
/*
 * ioctl: names of commands, and what the terminals' ones carry.
 */
#include "calls/strace/tell.h"
#include "linux_abi/tty.h"

enum carried {
	CARRIES_NUMBER_IN,
	CARRIES_NUMBER_OUT,
	CARRIES_SETTINGS_IN,
	CARRIES_SETTINGS_OUT,
	CARRIES_SIZE_IN,
	CARRIES_SIZE_OUT,
	CARRIES_QUEUE,
	CARRIES_FLOW,
	CARRIES_VALUE,
	CARRIES_NOTHING
};

#define FIONBIO 0x5421u
#define FIOCLEX 0x5451u
#define FIONCLEX 0x5450u

static const struct {
	uint32_t command, carried;
} ioctls[] = {
	{ LINUX_TCGETS, CARRIES_SETTINGS_OUT },  { LINUX_TCSETS, CARRIES_SETTINGS_IN },
	{ LINUX_TCSETSW, CARRIES_SETTINGS_IN },  { LINUX_TCSETSF, CARRIES_SETTINGS_IN },
	{ LINUX_TIOCGWINSZ, CARRIES_SIZE_OUT },  { LINUX_TIOCSWINSZ, CARRIES_SIZE_IN },
	{ LINUX_TIOCGPGRP, CARRIES_NUMBER_OUT }, { LINUX_TIOCSPGRP, CARRIES_NUMBER_IN },
	{ LINUX_TIOCGSID, CARRIES_NUMBER_OUT },  { LINUX_TIOCINQ, CARRIES_NUMBER_OUT },
	{ LINUX_TIOCOUTQ, CARRIES_NUMBER_OUT },  { LINUX_TIOCGPTN, CARRIES_NUMBER_OUT },
	{ LINUX_TIOCSPTLCK, CARRIES_NUMBER_IN }, { FIONBIO, CARRIES_NUMBER_IN },
	{ LINUX_TCFLSH, CARRIES_QUEUE },         { LINUX_TCXONC, CARRIES_FLOW },
	{ LINUX_TIOCSCTTY, CARRIES_VALUE },      { LINUX_TCSBRK, CARRIES_VALUE },
	{ LINUX_TIOCNOTTY, CARRIES_NOTHING },    { LINUX_TIOCEXCL, CARRIES_NOTHING },
	{ LINUX_TIOCNXCL, CARRIES_NOTHING },     { FIOCLEX, CARRIES_NOTHING },
	{ FIONCLEX, CARRIES_NOTHING },
};

static void tell_settings(struct tell *tell, uint64_t address)
{
	struct linux_termios settings;
	if (!tell_fetch(tell, &settings, address, LINUX_TERMIOS_BYTES))
		return;
	format_append(&tell->out, "{c_iflag=");
	tell_names(tell, NAMES_TTY_INPUT, settings.input);
	format_append(&tell->out, ", c_oflag=");
	tell_names(tell, NAMES_TTY_OUTPUT, settings.output);
	format_append(&tell->out, ", c_cflag=");
	tell_names(tell, NAMES_TTY_CONTROL, settings.control);
	format_append(&tell->out, ", c_lflag=");
	tell_names(tell, NAMES_TTY_LOCAL, settings.local);
	format_append(&tell->out, ", ...}");
}

static void tell_size(struct tell *tell, uint64_t address)
{
	struct linux_winsize size;
	if (tell_fetch(tell, &size, address, sizeof(size)))
		format_append(&tell->out, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}", size.rows,
			      size.columns, size.width, size.height);
}

static uint32_t carried_by(uint32_t command)
{
	for (uint32_t i = 0; i < sizeof(ioctls) / sizeof(ioctls[0]); i++)
		if (ioctls[i].command == command)
			return ioctls[i].carried;
	return UINT32_MAX;
}

static bool is_answer(uint32_t carried)
{
	return carried == CARRIES_NUMBER_OUT || carried == CARRIES_SETTINGS_OUT ||
	       carried == CARRIES_SIZE_OUT;
}

/* A command without a name is shown by its parts: how data moves, kind, number, bytes. */
bool decode_ioctl_command(struct tell *tell, uint64_t value)
{
	static const char *const ways[] = { "_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE" };
	struct format_buffer before = tell->out;
	uint32_t command = (uint32_t)value;
	if (call_append_set(&tell->out, &name_sets[NAMES_IOCTL], command))
		return true;
	tell->out = before;
	format_append(&tell->out, "_IOC(%s, 0x%x, 0x%x, ", ways[command >> 30], command >> 8 & 0xff,
		      command & 0xff);
	(void)decode_hex(tell, command >> 16 & 0x3fff);
	format_append(&tell->out, ")");
	return true;
}

bool decode_ioctl(struct tell *tell, uint64_t value)
{
	uint32_t carried = carried_by((uint32_t)tell->arguments[1]);
	if (is_answer(carried) && !tell->ended)
		return false;
	if (is_answer(carried) && tell_failed(tell)) {
		tell_pointer(tell, value);
		return true;
	}
	switch (carried) {
	case CARRIES_NUMBER_IN:
	case CARRIES_NUMBER_OUT: tell_numbers(tell, value, 1); break;
	case CARRIES_SETTINGS_IN:
	case CARRIES_SETTINGS_OUT: tell_settings(tell, value); break;
	case CARRIES_SIZE_IN:
	case CARRIES_SIZE_OUT: tell_size(tell, value); break;
	case CARRIES_QUEUE: tell_names(tell, NAMES_TCFLUSH, (uint32_t)value); break;
	case CARRIES_FLOW: tell_names(tell, NAMES_TCFLOW, (uint32_t)value); break;
	case CARRIES_VALUE: format_append(&tell->out, "%d", (int32_t)value); break;
	case CARRIES_NOTHING: tell->omitted = true; break;
	default: (void)decode_hex(tell, value); break;
	}
	return true;
}
