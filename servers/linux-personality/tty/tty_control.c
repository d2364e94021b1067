/* SPDX-License-Identifier: MIT */
/*
 * The ioctls of terminals that are not about termios or sessions: size, flow, breaks, queues, typing for the user
 * (ioctl_tty(2)). A master's file comes here too: `tty` is then the slave, which most of them are about.
 */
#include "tty/tty.h"

#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/credentials.h"
#include "process/process.h"
#include "tty/pty.h"
#include "tty/serial.h"

#define BREAK_NS 250000000ull
#define BREAK_UNIT_NS 100000000ull /* of TCSBRKP's argument */

static int64_t answer(uint64_t argument, int32_t value)
{
	return guest_write((gaddr_t){ argument }, &value, sizeof(value));
}

static int64_t size_get(struct tty *tty, uint64_t argument)
{
	struct linux_winsize size;
	lock_acquire(&tty->lock);
	size = tty->size;
	lock_release(&tty->lock);
	return guest_write((gaddr_t){ argument }, &size, sizeof(size));
}

static int64_t size_set(struct tty *tty, uint64_t argument)
{
	struct linux_winsize size;
	bool changed;
	if (guest_read(&size, (gaddr_t){ argument }, sizeof(size)))
		return -EFAULT;
	lock_acquire(&tty->lock);
	changed = memcmp(&size, &tty->size, sizeof(size)) != 0;
	tty->size = size;
	lock_release(&tty->lock);
	if (changed)
		tty_signal_foreground(tty, LINUX_SIGWINCH);
	return 0;
}

static int64_t flush(struct thread *self, struct tty *tty, uint64_t which)
{
	int error = tty_check_access(self, tty, LINUX_SIGTTOU);
	if (error)
		return error;
	if (which > LINUX_TCIOFLUSH)
		return -EINVAL;
	tty_flush(tty, which != LINUX_TCOFLUSH, which != LINUX_TCIFLUSH);
	return 0;
}

/* TCIOFF, TCION: the character that asks the other side to stop or to go on. */
static void send_flow(struct tty *tty, enum linux_control_character which)
{
	lock_acquire(&tty->lock);
	if (tty->discipline.settings.characters[which] && byte_ring_room(&tty->discipline.output))
		byte_ring_put(&tty->discipline.output, tty->discipline.settings.characters[which]);
	lock_release(&tty->lock);
	tty_transmit(tty);
}

static int64_t flow(struct thread *self, struct tty *tty, uint64_t action)
{
	int error = tty_check_access(self, tty, LINUX_SIGTTOU);
	if (error)
		return error;
	switch (action) {
	case LINUX_TCOOFF:
	case LINUX_TCOON: tty_stop_output(tty, action == LINUX_TCOOFF); return 0;
	case LINUX_TCIOFF: send_flow(tty, LINUX_VSTOP); return 0;
	case LINUX_TCION: send_flow(tty, LINUX_VSTART); return 0;
	default: return -EINVAL;
	}
}

static int hold_break(struct thread *self, struct tty *tty, uint64_t duration_ns)
{
	struct wait_queue nothing;
	struct wait_node node = { 0 };
	uint64_t deadline_ns = clock_monotonic_ns() + duration_ns;
	int error = 0;
	if (tty->kind != TTY_SERIAL)
		return 0;
	wait_queue_init(&nothing);
	serial_break(serial_of(tty), true);
	wait_prepare(self, &node, &nothing);
	while (!error && clock_monotonic_ns() < deadline_ns)
		error = wait_sleep(self, deadline_ns, WAIT_SIGNALS);
	wait_finish(self, &node);
	serial_break(serial_of(tty), false);
	return error == -ERESTARTSYS ? -EINTR : 0;
}

static int64_t send_break(struct thread *self, struct tty *tty, uint32_t command, uint64_t argument)
{
	int error = tty_check_access(self, tty, LINUX_SIGTTOU);
	if (error)
		return error;
	if (command == LINUX_TIOCCBRK) {
		if (tty->kind == TTY_SERIAL)
			serial_break(serial_of(tty), false);
		return 0;
	}
	error = tty_drain(self, tty);
	if (error)
		return error;
	if (command == LINUX_TIOCSBRK && tty->kind == TTY_SERIAL)
		serial_break(serial_of(tty), true);
	if (command == LINUX_TCSBRK)
		return argument ? 0 : hold_break(self, tty, BREAK_NS);
	if (command == LINUX_TCSBRKP)
		return hold_break(self, tty, argument ? argument % 1000 * BREAK_UNIT_NS : BREAK_NS);
	return 0;
}

/* TIOCSTI: a byte as if typed. */
static int64_t type_byte(struct thread *self, struct tty *tty, uint64_t argument)
{
	uint8_t byte;
	if (!tty_is_controlling(self, tty) && !thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	if (guest_read(&byte, (gaddr_t){ argument }, sizeof(byte)))
		return -EFAULT;
	(void)tty_receive(tty, &byte, 1);
	return 0;
}

/* FIONREAD, TIOCOUTQ: what waits in a direction. A pty's output is with its master already. */
static int64_t queue_bytes(struct tty *tty, bool output, uint64_t argument)
{
	uint32_t bytes;
	lock_acquire(&tty->lock);
	if (output)
		bytes = tty->kind == TTY_PTY ? 0 : byte_ring_used(&tty->discipline.output);
	else
		bytes = discipline_input_bytes(&tty->discipline);
	lock_release(&tty->lock);
	return answer(argument, (int32_t)bytes);
}

static int64_t discipline_set(uint64_t argument)
{
	int32_t number;
	if (guest_read(&number, (gaddr_t){ argument }, sizeof(number)))
		return -EFAULT;
	return number ? -EINVAL : 0; /* N_TTY is the only one */
}

static int64_t carrier_set(struct tty *tty, uint64_t argument)
{
	int32_t ignored;
	if (guest_read(&ignored, (gaddr_t){ argument }, sizeof(ignored)))
		return -EFAULT;
	lock_acquire(&tty->lock);
	tty->discipline.settings.control &= ~LINUX_CLOCAL;
	tty->discipline.settings.control |= ignored ? LINUX_CLOCAL : 0;
	lock_release(&tty->lock);
	return 0;
}

static int64_t hang_up(struct thread *self, struct tty *tty)
{
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	tty_hang_up(tty);
	return 0;
}

static int64_t exclusive_set(struct tty *tty, bool exclusive)
{
	lock_acquire(&tty->lock);
	tty->exclusive = exclusive;
	lock_release(&tty->lock);
	return 0;
}

/* As Linux packs a device number into 32 bits. */
uint32_t tty_device_number(const struct tty *tty)
{
	return tty->kind == TTY_PTY ? 136u << 8 | (tty->index & 0xff) | (tty->index & ~0xffu) << 12
				    : 4u << 8 | serial_minor(tty->index);
}

static int64_t control_queues(struct thread *self, struct tty *tty, uint32_t command, uint64_t argument)
{
	switch (command) {
	case LINUX_TIOCINQ: return queue_bytes(tty, false, argument);
	case LINUX_TIOCOUTQ: return queue_bytes(tty, true, argument);
	case LINUX_TCFLSH: return flush(self, tty, argument);
	case LINUX_TCXONC: return flow(self, tty, argument);
	case LINUX_TIOCSTI: return type_byte(self, tty, argument);
	case LINUX_TCSBRK:
	case LINUX_TCSBRKP:
	case LINUX_TIOCSBRK:
	case LINUX_TIOCCBRK: return send_break(self, tty, command, argument);
	default: return -ENOTTY;
	}
}

static int64_t control_state(struct thread *self, struct tty *tty, uint32_t command, uint64_t argument)
{
	switch (command) {
	case LINUX_TIOCGWINSZ: return size_get(tty, argument);
	case LINUX_TIOCSWINSZ: return size_set(tty, argument);
	case LINUX_TIOCGETD: return answer(argument, 0);
	case LINUX_TIOCSETD: return discipline_set(argument);
	case LINUX_TIOCEXCL: return exclusive_set(tty, true);
	case LINUX_TIOCNXCL: return exclusive_set(tty, false);
	case LINUX_TIOCGEXCL: return answer(argument, tty->exclusive);
	case LINUX_TIOCVHANGUP: return hang_up(self, tty);
	case LINUX_TIOCGDEV: return answer(argument, (int32_t)tty_device_number(tty));
	case LINUX_TIOCGSOFTCAR: return answer(argument, !!(tty->discipline.settings.control & LINUX_CLOCAL));
	case LINUX_TIOCSSOFTCAR: return carrier_set(tty, argument);
	default: return -ENOTTY;
	}
}

int64_t tty_control(struct thread *self, struct file *file, struct tty *tty, uint32_t command,
		    uint64_t argument)
{
	int64_t result = tty_control_settings(self, tty, command, argument);
	if (result == -ENOTTY)
		result = control_state(self, tty, command, argument);
	if (result == -ENOTTY)
		result = control_queues(self, tty, command, argument);
	if (result == -ENOTTY)
		result = tty_control_session(self, file, tty, command, argument);
	if (result == -ENOTTY && tty->kind == TTY_SERIAL)
		result = serial_control(self, serial_of(tty), command, argument);
	return result;
}
