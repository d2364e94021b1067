/* SPDX-License-Identifier: MIT */
/*
 * What happens between the discipline and the two ends of a terminal, for serial lines and ptys alike.
 */
#include "tty/tty.h"

#include "core/errno.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/process.h"
#include "runtime/kernel.h"
#include "tty/pty.h"
#include "tty/serial.h"

void tty_setup(struct tty *tty, enum tty_kind kind, uint32_t index)
{
	tty->references = 1;
	tty->kind = kind;
	tty->index = index;
	lock_init(&tty->lock, RANK_STREAM);
	wait_queue_init(&tty->input_queue);
	wait_queue_init(&tty->output_queue);
	wait_queue_init(&tty->reading.queue);
	wait_queue_init(&tty->writing.queue);
}

void tty_get(struct tty *tty)
{
	__atomic_add_fetch(&tty->references, 1, __ATOMIC_RELAXED);
}

/* Serial lines are in their table for good. */
void tty_put(struct tty *tty)
{
	if (tty->kind == TTY_PTY)
		pty_put(pty_of(tty));
	else
		__atomic_sub_fetch(&tty->references, 1, __ATOMIC_RELAXED);
}

static bool turn_try(struct turn *turn)
{
	return !__atomic_exchange_n(&turn->taken, 1, __ATOMIC_ACQUIRE);
}

int turn_take(struct thread *self, struct turn *turn, bool block)
{
	struct wait_node node = { 0 };
	int error = 0;
	if (turn_try(turn))
		return 0;
	if (!block)
		return -EAGAIN;
	wait_prepare_exclusive(self, &node, &turn->queue);
	while (!error && !turn_try(turn))
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	if (error)
		wait_wake_one(&turn->queue, 0);
	return error;
}

void turn_release(struct turn *turn)
{
	__atomic_store_n(&turn->taken, 0, __ATOMIC_RELEASE);
	wait_wake_one(&turn->queue, 0);
}

uint32_t tty_receive(struct tty *tty, const uint8_t *bytes, uint32_t count)
{
	struct discipline_events events = { 0 };
	bool readable, echoed;
	uint32_t took;
	lock_acquire(&tty->lock);
	took = discipline_feed(&tty->discipline, bytes, count, &events);
	readable = discipline_readable(&tty->discipline, 1);
	echoed = byte_ring_used(&tty->discipline.output);
	lock_release(&tty->lock);
	tty_apply(tty, &events);
	if (readable)
		wait_wake_all(&tty->input_queue, LINUX_POLL_READABLE);
	if (echoed)
		tty_transmit(tty);
	return took;
}

static void apply_packet(struct pty *pty, const struct discipline_events *events)
{
	if (events->input_flushed)
		pty_note(pty, LINUX_TIOCPKT_FLUSHREAD, 0);
	if (events->output_flushed)
		pty_note(pty, LINUX_TIOCPKT_FLUSHWRITE, 0);
	if (events->stopped)
		pty_note(pty, LINUX_TIOCPKT_STOP, LINUX_TIOCPKT_START);
	if (events->started)
		pty_note(pty, LINUX_TIOCPKT_START, LINUX_TIOCPKT_STOP);
}

static void apply_device(struct serial *port, const struct discipline_events *events)
{
	if (events->output_flushed)
		serial_flush_output(port);
	if (events->stopped || events->started)
		serial_sync_pause(port);
}

void tty_apply(struct tty *tty, const struct discipline_events *events)
{
	for (int number = 1; number < 32; number++) {
		if (events->signals >> number & 1)
			tty_signal_foreground(tty, number);
	}
	if (tty->kind == TTY_PTY)
		apply_packet(pty_of(tty), events);
	else
		apply_device(serial_of(tty), events);
	if (events->started)
		tty_transmit(tty);
	if (events->started || events->output_flushed)
		wait_wake_all(&tty->output_queue, LINUX_POLL_WRITABLE);
	if (events->input_flushed)
		tty_input_taken(tty);
}

void tty_transmit(struct tty *tty)
{
	if (tty->kind == TTY_PTY)
		pty_wake_master(pty_of(tty));
	else
		serial_push(serial_of(tty));
}

void tty_input_taken(struct tty *tty)
{
	if (tty->kind == TTY_PTY)
		wait_wake_all(&pty_of(tty)->master_output, LINUX_POLL_WRITABLE);
	else if (__atomic_load_n(&serial_of(tty)->throttled, __ATOMIC_SEQ_CST))
		serial_wake(serial_of(tty));
}

void tty_stop_output(struct tty *tty, bool stop)
{
	struct discipline_events events = { 0 };
	lock_acquire(&tty->lock);
	events.stopped = stop && !tty->discipline.stopped;
	events.started = !stop && tty->discipline.stopped;
	tty->discipline.stopped = stop;
	lock_release(&tty->lock);
	tty_apply(tty, &events);
}

void tty_flush(struct tty *tty, bool input, bool output)
{
	struct discipline_events events = { .input_flushed = input, .output_flushed = output };
	lock_acquire(&tty->lock);
	if (input)
		discipline_flush_input(&tty->discipline);
	if (output)
		discipline_flush_output(&tty->discipline);
	lock_release(&tty->lock);
	tty_apply(tty, &events);
}

/* A pty's output counts as sent when its master can read it. */
int tty_drain(struct thread *self, struct tty *tty)
{
	struct wait_node node = { 0 };
	int error = 0;
	if (tty->kind == TTY_PTY)
		return 0;
	wait_prepare(self, &node, &tty->output_queue);
	while (!error && !serial_is_drained(serial_of(tty)))
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	return error;
}
