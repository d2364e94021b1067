/* SPDX-License-Identifier: MIT */
/*
 * Reading, writing and polling a terminal (termios(3): canonical mode, and the four cases of VMIN and VTIME).
 */
#include "tty/tty.h"

#include "core/clock.h"
#include "core/errno.h"
#include "file/kinds.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define CHUNK 2048u
#define TENTH_NS 100000000ull /* VTIME's unit */
#define ROOM_BYTES 2048u      /* so much free space is worth waking a writer for */

struct reading {
	struct thread *self;
	struct file *file;
	struct tty *tty;
	struct guest_iter *iter;
	uint64_t deadline_ns; /* DEADLINE_NEVER: wait on; 0: do not wait at all */
	uint64_t between_ns;  /* VTIME between bytes; 0: none */
	uint64_t minimum;     /* bytes after which the call ends */
	uint64_t done;
};

static bool blocks(const struct file *file)
{
	return !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

static bool is_console_file(const struct file *file)
{
	return file->detail[1] & TTY_FILE_CONSOLE;
}

static void reading_begin(struct reading *r)
{
	const struct discipline *d = &r->tty->discipline;
	uint64_t time_ns = d->settings.characters[LINUX_VTIME] * TENTH_NS;
	r->deadline_ns = DEADLINE_NEVER;
	if (discipline_is_canonical(d))
		return;
	r->minimum = d->settings.characters[LINUX_VMIN];
	if (r->minimum) {
		r->between_ns = time_ns;
		return;
	}
	r->minimum = 1;
	r->deadline_ns = time_ns ? clock_monotonic_ns() + time_ns : 0;
}

static bool readable(struct tty *tty)
{
	bool result;
	lock_acquire(&tty->lock);
	result = discipline_readable(&tty->discipline, 1);
	lock_release(&tty->lock);
	return result;
}

#define READ_ENDED 1 /* no input and none to wait for: the call answers what it has */

/* Is there a reason not to wait for input? 0: there is input. -EINPROGRESS: none, wait. */
static int reading_state(const struct reading *r)
{
	if (readable(r->tty))
		return 0;
	if (__atomic_load_n(&r->tty->other_closed, __ATOMIC_ACQUIRE))
		return -EIO;
	if (tty_file_is_hung_up(r->file) || !r->deadline_ns)
		return READ_ENDED;
	return blocks(r->file) ? -EINPROGRESS : -EAGAIN;
}

static int reading_wait(struct reading *r)
{
	struct wait_node node = { 0 };
	int state = reading_state(r);
	if (state != -EINPROGRESS)
		return state;
	wait_prepare(r->self, &node, &r->tty->input_queue);
	while ((state = reading_state(r)) == -EINPROGRESS) {
		state = wait_sleep(r->self, r->deadline_ns, WAIT_SIGNALS);
		if (state)
			break;
	}
	wait_finish(r->self, &node);
	return state == -ETIMEDOUT ? READ_ENDED : state;
}

static uint32_t take(struct reading *r, uint8_t *chunk, bool *ended)
{
	struct discipline *d = &r->tty->discipline;
	uint64_t want = r->iter->remaining;
	uint32_t count;
	lock_acquire(&r->tty->lock);
	count = discipline_take(d, chunk, want < CHUNK ? (uint32_t)want : CHUNK, ended);
	if (count == want && !*ended)
		discipline_skip_end_of_file(d);
	lock_release(&r->tty->lock);
	tty_input_taken(r->tty);
	return count;
}

/* Hand over what is there, in canonical mode at most a line. */
static int read_available(struct reading *r)
{
	uint8_t chunk[CHUNK];
	bool ended = false;
	uint32_t count;
	do {
		int64_t moved;
		count = take(r, chunk, &ended);
		moved = count ? iter_to_guest(r->iter, chunk, count) : 0;
		if (moved < 0)
			return (int)moved;
		r->done += (uint64_t)moved;
		if (moved < count)
			return -EFAULT;
	} while (count && !ended && r->iter->remaining);
	return 0;
}

static int64_t read_in_turn(struct reading *r)
{
	int error;
	do {
		error = reading_wait(r);
		if (!error)
			error = read_available(r);
		if (r->between_ns)
			r->deadline_ns = clock_monotonic_ns() + r->between_ns;
	} while (!error && r->iter->remaining && r->done < r->minimum);
	if (r->done)
		return (int64_t)r->done;
	return error == READ_ENDED ? 0 : error;
}

static int64_t tty_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct reading reading = { .self = self, .file = file, .tty = file->object, .iter = iter };
	int64_t result;
	(void)offset;
	if (tty_file_is_hung_up(file))
		return 0;
	if (!is_console_file(file)) {
		result = tty_check_access(self, reading.tty, LINUX_SIGTTIN);
		if (result)
			return result;
	}
	if (!iter->remaining)
		return 0;
	result = turn_take(self, &reading.tty->reading, blocks(file));
	if (result)
		return result;
	reading_begin(&reading);
	result = read_in_turn(&reading);
	turn_release(&reading.tty->reading);
	return result;
}

static bool has_room(struct tty *tty)
{
	const struct discipline *d = &tty->discipline;
	bool result;
	lock_acquire(&tty->lock);
	result = byte_ring_room(&d->output) >= ROOM_BYTES && !(d->is_pty && d->stopped);
	lock_release(&tty->lock);
	return result;
}

static int writing_wait(struct thread *self, struct file *file, struct tty *tty)
{
	struct wait_node node = { 0 };
	int error = 0;
	if (!blocks(file))
		return -EAGAIN;
	wait_prepare(self, &node, &tty->output_queue);
	while (!error && !has_room(tty) && !tty_file_is_hung_up(file))
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	return error;
}

static uint32_t write_some(struct tty *tty, const uint8_t *bytes, uint32_t count)
{
	uint32_t took;
	lock_acquire(&tty->lock);
	took = discipline_write(&tty->discipline, bytes, count);
	lock_release(&tty->lock);
	if (took)
		tty_transmit(tty);
	return took;
}

static uint32_t write_chunk(struct thread *self, struct file *file, const uint8_t *bytes, uint32_t count,
			    int *error)
{
	struct tty *tty = file->object;
	uint32_t done = 0;
	while (!*error && done < count) {
		uint32_t took = 0;
		if (tty_file_is_hung_up(file))
			*error = -EIO;
		else
			took = write_some(tty, bytes + done, count - done);
		done += took;
		if (!*error && done < count && !took)
			*error = writing_wait(self, file, tty);
	}
	return done;
}

int64_t tty_write_chunks(struct thread *self, struct file *file, struct guest_iter *iter,
			 tty_chunk_write *write)
{
	uint8_t chunk[CHUNK];
	int64_t done = 0;
	int error = 0;
	while (!error && iter->remaining) {
		int64_t count = iter_from_guest(iter, chunk,
						iter->remaining < CHUNK ? iter->remaining : CHUNK);
		if (count <= 0)
			error = count ? (int)count : -EFAULT;
		else
			done += write(self, file, chunk, (uint32_t)count, &error);
	}
	return done ? done : error;
}

static int64_t tty_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct tty *tty = file->object;
	int64_t result;
	(void)offset;
	if (tty_file_is_hung_up(file))
		return -EIO;
	if (tty->discipline.settings.local & LINUX_TOSTOP && !is_console_file(file)) {
		result = tty_check_access(self, tty, LINUX_SIGTTOU);
		if (result)
			return result;
	}
	result = turn_take(self, &tty->writing, blocks(file));
	if (result)
		return result;
	result = tty_write_chunks(self, file, iter, write_chunk);
	turn_release(&tty->writing);
	return result;
}

/* VMIN counts for poll only where no timer could end a read before. */
static uint32_t poll_input(struct tty *tty)
{
	const uint8_t *characters = tty->discipline.settings.characters;
	uint32_t want = characters[LINUX_VTIME] || !characters[LINUX_VMIN] ? 1 : characters[LINUX_VMIN];
	bool ready;
	lock_acquire(&tty->lock);
	ready = discipline_readable(&tty->discipline, want);
	lock_release(&tty->lock);
	return ready ? LINUX_POLL_READABLE : 0;
}

static uint32_t tty_poll(struct file *file, struct poll_table *table)
{
	struct tty *tty = file->object;
	uint32_t events;
	poll_add(table, file, &tty->input_queue);
	poll_add(table, file, &tty->output_queue);
	if (tty_file_is_hung_up(file))
		return LINUX_POLL_READABLE | LINUX_POLL_WRITABLE | LINUX_POLLERR | LINUX_POLLHUP;
	events = poll_input(tty);
	if (__atomic_load_n(&tty->other_closed, __ATOMIC_ACQUIRE))
		events |= LINUX_POLLHUP;
	return events | (has_room(tty) ? LINUX_POLL_WRITABLE : 0);
}

static int64_t tty_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	if (tty_file_is_hung_up(file))
		return command == LINUX_TIOCSPGRP ? -ENOTTY : -EIO;
	return tty_control(self, file, file->object, command, argument);
}

static void tty_release(struct file *file)
{
	struct tty *tty = file->object;
	tty_closed(tty);
	tty_put(tty);
}

const struct file_operations tty_operations = {
	.read = tty_read,
	.write = tty_write,
	.poll = tty_poll,
	.ioctl = tty_ioctl,
	.release = tty_release,
};
