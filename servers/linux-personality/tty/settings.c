/* SPDX-License-Identifier: MIT */
/*
 * The ioctls that read and change termios: TCGETS, TCSETS and their relatives in all three shapes (ioctl_tty(2)).
 */
#include "tty/tty.h"

#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "tty/pty.h"
#include "tty/serial.h"

enum shape { SHAPE_TERMIO, SHAPE_TERMIOS, SHAPE_TERMIOS2 };
enum when { WHEN_NOW, WHEN_DRAINED, WHEN_FLUSHED };

static struct linux_termios current_settings(struct tty *tty)
{
	struct linux_termios settings;
	lock_acquire(&tty->lock);
	settings = tty->discipline.settings;
	lock_release(&tty->lock);
	return settings;
}

static int64_t settings_get(struct tty *tty, enum shape shape, uint64_t argument)
{
	struct linux_termios settings = current_settings(tty);
	struct linux_termio old = {
		.input = (uint16_t)settings.input,
		.output = (uint16_t)settings.output,
		.control = (uint16_t)settings.control,
		.local = (uint16_t)settings.local,
		.line = settings.line,
	};
	memcpy(old.characters, settings.characters, LINUX_NCC);
	if (shape == SHAPE_TERMIO)
		return guest_write((gaddr_t){ argument }, &old, sizeof(old));
	return guest_write((gaddr_t){ argument }, &settings,
			   shape == SHAPE_TERMIOS ? LINUX_TERMIOS_BYTES : sizeof(settings));
}

static uint32_t merge(uint32_t old, uint16_t low)
{
	return (old & 0xffff0000u) | low;
}

static int read_old_shape(struct linux_termios *settings, uint64_t argument)
{
	struct linux_termio old;
	if (guest_read(&old, (gaddr_t){ argument }, sizeof(old)))
		return -EFAULT;
	settings->input = merge(settings->input, old.input);
	settings->output = merge(settings->output, old.output);
	settings->control = merge(settings->control, old.control);
	settings->local = merge(settings->local, old.local);
	settings->line = old.line;
	memcpy(settings->characters, old.characters, LINUX_NCC);
	return 0;
}

/* The speeds that the codes mean; BOTHER keeps what termios2 says. Input code 0: as the output. */
static void set_speeds(struct linux_termios *settings)
{
	uint32_t output = settings->control & LINUX_CBAUD;
	uint32_t input = settings->control >> LINUX_CIBAUD_SHIFT & LINUX_CBAUD;
	if (output != LINUX_BOTHER)
		settings->output_speed = speed_of_code(output);
	if (!input)
		settings->input_speed = settings->output_speed;
	else if (input != LINUX_BOTHER)
		settings->input_speed = speed_of_code(input);
}

static int settings_read(struct linux_termios *settings, enum shape shape, uint64_t argument)
{
	uint64_t bytes = shape == SHAPE_TERMIOS ? LINUX_TERMIOS_BYTES : sizeof(*settings);
	if (shape == SHAPE_TERMIO) {
		int error = read_old_shape(settings, argument);
		if (error)
			return error;
	} else if (guest_read(settings, (gaddr_t){ argument }, bytes)) {
		return -EFAULT;
	}
	set_speeds(settings);
	return 0;
}

/* ^S and ^Q are at work: what packet mode calls DOSTOP. */
static bool usual_flow(const struct linux_termios *settings)
{
	return settings->input & LINUX_IXON && settings->characters[LINUX_VSTOP] == 023 &&
	       settings->characters[LINUX_VSTART] == 021;
}

static void settle_pty(struct pty *pty, const struct linux_termios *old, struct linux_termios *fresh)
{
	bool flow = usual_flow(fresh);
	if (usual_flow(old) != flow)
		pty_note(pty, flow ? LINUX_TIOCPKT_DOSTOP : LINUX_TIOCPKT_NOSTOP,
			 LINUX_TIOCPKT_DOSTOP | LINUX_TIOCPKT_NOSTOP);
	if ((old->local | fresh->local) & LINUX_EXTPROC)
		pty_note(pty, LINUX_TIOCPKT_IOCTL, 0);
}

static void settings_install(struct tty *tty, struct linux_termios *fresh)
{
	struct linux_termios old = current_settings(tty);
	if (tty->kind == TTY_PTY)
		fresh->control = (fresh->control & ~(LINUX_CSIZE | LINUX_PARENB)) | LINUX_CS8 | LINUX_CREAD;
	lock_acquire(&tty->lock);
	discipline_configure(&tty->discipline, fresh);
	lock_release(&tty->lock);
	if (tty->kind == TTY_PTY)
		settle_pty(pty_of(tty), &old, fresh);
	else
		serial_apply_settings(serial_of(tty), fresh);
	if (old.input & LINUX_IXON && !(fresh->input & LINUX_IXON))
		tty_stop_output(tty, false);
	/* What was an incomplete line may be readable now, or the other way round. */
	wait_wake_all(&tty->input_queue, LINUX_POLL_READABLE);
	tty_input_taken(tty);
}

static int64_t settings_set(struct thread *self, struct tty *tty, enum shape shape, enum when when,
			    uint64_t argument)
{
	struct linux_termios settings = current_settings(tty);
	int error = tty_check_access(self, tty, LINUX_SIGTTOU);
	if (!error)
		error = settings_read(&settings, shape, argument);
	if (error)
		return error;
	if (when == WHEN_FLUSHED)
		tty_flush(tty, true, false);
	if (when != WHEN_NOW)
		error = tty_drain(self, tty);
	if (!error)
		settings_install(tty, &settings);
	return error;
}

int64_t tty_control_settings(struct thread *self, struct tty *real, uint32_t command, uint64_t argument)
{
	switch (command) {
	case LINUX_TCGETS: return settings_get(real, SHAPE_TERMIOS, argument);
	case LINUX_TCGETS2: return settings_get(real, SHAPE_TERMIOS2, argument);
	case LINUX_TCGETA: return settings_get(real, SHAPE_TERMIO, argument);
	case LINUX_TCSETS: return settings_set(self, real, SHAPE_TERMIOS, WHEN_NOW, argument);
	case LINUX_TCSETSW: return settings_set(self, real, SHAPE_TERMIOS, WHEN_DRAINED, argument);
	case LINUX_TCSETSF: return settings_set(self, real, SHAPE_TERMIOS, WHEN_FLUSHED, argument);
	case LINUX_TCSETS2: return settings_set(self, real, SHAPE_TERMIOS2, WHEN_NOW, argument);
	case LINUX_TCSETSW2: return settings_set(self, real, SHAPE_TERMIOS2, WHEN_DRAINED, argument);
	case LINUX_TCSETSF2: return settings_set(self, real, SHAPE_TERMIOS2, WHEN_FLUSHED, argument);
	case LINUX_TCSETA: return settings_set(self, real, SHAPE_TERMIO, WHEN_NOW, argument);
	case LINUX_TCSETAW: return settings_set(self, real, SHAPE_TERMIO, WHEN_DRAINED, argument);
	case LINUX_TCSETAF: return settings_set(self, real, SHAPE_TERMIO, WHEN_FLUSHED, argument);
	default: return -ENOTTY;
	}
}
