/* SPDX-License-Identifier: MIT */
/*
 * Masters of pseudoterminals: making a pair, reading and writing it, packet mode (pty(7), ioctl_tty(2)).
 */
#include "tty/pty.h"

#include "core/errno.h"
#include "core/slab.h"
#include "file/kinds.h"
#include "file/open_kind.h"
#include "linux_abi/files.h"
#include "linux_abi/poll.h"
#include "linux_abi/signal.h"
#include "process/process.h"
#include "runtime/kernel.h"
#include "tty/devpts.h"

#define CHUNK 2048u

void pty_get(struct pty *pty)
{
	tty_get(&pty->tty);
}

/* May run under process_tree_lock: the superblock went with the master. */
void pty_put(struct pty *pty)
{
	if (__atomic_sub_fetch(&pty->tty.references, 1, __ATOMIC_ACQ_REL) == 0)
		slab_free(pty, sizeof(*pty));
}

void pty_wake_master(struct pty *pty)
{
	wait_wake_all(&pty->master_input, 0);
}

void pty_note(struct pty *pty, uint32_t status, uint32_t without)
{
	if (!__atomic_load_n(&pty->packet, __ATOMIC_ACQUIRE))
		return;
	__atomic_and_fetch(&pty->packet_status, ~without, __ATOMIC_ACQ_REL);
	__atomic_or_fetch(&pty->packet_status, status, __ATOMIC_ACQ_REL);
	pty_wake_master(pty);
}

static bool blocks(const struct file *file)
{
	return !(__atomic_load_n(&file->flags, __ATOMIC_RELAXED) & LINUX_O_NONBLOCK);
}

static uint32_t output_bytes(struct pty *pty)
{
	uint32_t bytes;
	lock_acquire(&pty->tty.lock);
	bytes = byte_ring_used(&pty->tty.discipline.output);
	lock_release(&pty->tty.lock);
	return bytes;
}

static bool has_news(struct pty *pty)
{
	return __atomic_load_n(&pty->packet, __ATOMIC_ACQUIRE) &&
	       __atomic_load_n(&pty->packet_status, __ATOMIC_ACQUIRE);
}

/* 0: there is something to read; -EINPROGRESS: not yet. */
static int master_state(struct pty *pty, const struct file *file)
{
	if (has_news(pty) || output_bytes(pty))
		return 0;
	if (__atomic_load_n(&pty->slave_closed, __ATOMIC_ACQUIRE))
		return -EIO;
	return blocks(file) ? -EINPROGRESS : -EAGAIN;
}

static int master_wait(struct thread *self, struct pty *pty, const struct file *file)
{
	struct wait_node node = { 0 };
	int state = master_state(pty, file);
	if (state != -EINPROGRESS)
		return state;
	wait_prepare(self, &node, &pty->master_input);
	while ((state = master_state(pty, file)) == -EINPROGRESS) {
		state = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
		if (state)
			break;
	}
	wait_finish(self, &node);
	return state;
}

static uint32_t take_output(struct pty *pty, uint8_t *chunk, uint64_t max)
{
	struct byte_ring *output = &pty->tty.discipline.output;
	uint32_t count;
	lock_acquire(&pty->tty.lock);
	count = byte_ring_peek(output, chunk, max < CHUNK ? (uint32_t)max : CHUNK);
	byte_ring_drop(output, count);
	lock_release(&pty->tty.lock);
	return count;
}

static int64_t read_output(struct pty *pty, struct guest_iter *iter)
{
	uint8_t chunk[CHUNK];
	int64_t done = 0;
	uint32_t count;
	while (iter->remaining && (count = take_output(pty, chunk, iter->remaining)) != 0) {
		int64_t moved = iter_to_guest(iter, chunk, count);
		if (moved < 0)
			return done ? done : moved;
		done += moved;
	}
	wait_wake_all(&pty->tty.output_queue, LINUX_POLL_WRITABLE);
	return done;
}

/* In packet mode one byte says what follows: news alone, or data. */
static int64_t read_packet(struct pty *pty, struct guest_iter *iter)
{
	uint8_t kind = (uint8_t)__atomic_exchange_n(&pty->packet_status, 0, __ATOMIC_ACQ_REL);
	int64_t moved = iter_to_guest(iter, &kind, 1), more;
	if (moved < 1)
		return moved < 0 ? moved : -EFAULT;
	if (kind != LINUX_TIOCPKT_DATA)
		return 1;
	more = read_output(pty, iter);
	return more < 0 ? more : more + 1;
}

static int64_t master_read(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct pty *pty = file->object;
	int64_t result;
	(void)offset;
	if (!iter->remaining)
		return 0;
	result = turn_take(self, &pty->master_reading, blocks(file));
	if (result)
		return result;
	result = master_wait(self, pty, file);
	if (!result)
		result = pty->packet ? read_packet(pty, iter) : read_output(pty, iter);
	turn_release(&pty->master_reading);
	return result;
}

/* Wait for room in the slave's queue by trying: what makes room depends on what is fed. */
static uint32_t feed_waiting(struct thread *self, struct pty *pty, const uint8_t *bytes, uint32_t count,
			     int *error)
{
	struct wait_node node = { 0 };
	uint32_t took;
	wait_prepare(self, &node, &pty->master_output);
	while (!(took = tty_receive(&pty->tty, bytes, count)) && !*error)
		*error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	wait_finish(self, &node);
	if (took)
		*error = 0;
	return took;
}

static uint32_t feed_chunk(struct thread *self, struct file *file, const uint8_t *bytes, uint32_t count,
			   int *error)
{
	struct pty *pty = file->object;
	uint32_t done = 0;
	while (!*error && done < count) {
		uint32_t took = tty_receive(&pty->tty, bytes + done, count - done);
		if (!took && !blocks(file))
			*error = -EAGAIN;
		else if (!took)
			took = feed_waiting(self, pty, bytes + done, count - done, error);
		done += took;
	}
	return done;
}

static int64_t master_write(struct thread *self, struct file *file, struct guest_iter *iter, uint64_t *offset)
{
	struct pty *pty = file->object;
	int64_t result;
	(void)offset;
	result = turn_take(self, &pty->master_writing, blocks(file));
	if (result)
		return result;
	result = tty_write_chunks(self, file, iter, feed_chunk);
	turn_release(&pty->master_writing);
	return result;
}

static bool slave_takes_input(struct pty *pty)
{
	const struct discipline *d = &pty->tty.discipline;
	bool room;
	lock_acquire(&pty->tty.lock);
	room = discipline_queued(d) < INPUT_SIZE - 1 || !discipline_readable(d, 1);
	lock_release(&pty->tty.lock);
	return room;
}

static uint32_t master_poll(struct file *file, struct poll_table *table)
{
	struct pty *pty = file->object;
	uint32_t events = 0;
	poll_add(table, file, &pty->master_input);
	poll_add(table, file, &pty->master_output);
	if (output_bytes(pty))
		events |= LINUX_POLL_READABLE;
	if (has_news(pty))
		events |= LINUX_POLL_READABLE | LINUX_POLLPRI;
	if (__atomic_load_n(&pty->slave_closed, __ATOMIC_ACQUIRE))
		events |= LINUX_POLLHUP;
	return events | (slave_takes_input(pty) ? LINUX_POLL_WRITABLE : 0);
}

static int64_t answer(uint64_t argument, int32_t value)
{
	return guest_write((gaddr_t){ argument }, &value, sizeof(value));
}

/* TIOCSPTLCK, TIOCPKT. */
static int64_t set_switch(struct pty *pty, uint32_t command, uint64_t argument)
{
	int32_t on;
	if (guest_read(&on, (gaddr_t){ argument }, sizeof(on)))
		return -EFAULT;
	if (command == LINUX_TIOCSPTLCK) {
		__atomic_store_n(&pty->locked, on != 0, __ATOMIC_RELEASE);
		return 0;
	}
	if (on && !pty->packet)
		__atomic_store_n(&pty->packet_status, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&pty->packet, on != 0, __ATOMIC_RELEASE);
	return 0;
}

/* TIOCGPTPEER: the slave by its master, however /dev/pts is mounted. */
static int64_t open_peer(struct thread *self, struct file *file, uint64_t argument)
{
	uint32_t flags = (uint32_t)argument;
	struct file *peer;
	struct path place;
	int error = devpts_place(self, file, &place);
	if (error)
		return error;
	peer = open_kind(self, &place, flags, &error);
	path_put(&place);
	if (!peer)
		return error;
	return files_install(self, peer, 0, flags & LINUX_O_CLOEXEC);
}

/* TIOCSIG: a signal for the slave's foreground group, as if typed. */
static int64_t signal_slave(struct pty *pty, uint64_t number)
{
	if (number != LINUX_SIGINT && number != LINUX_SIGQUIT && number != LINUX_SIGTSTP)
		return -EINVAL;
	tty_signal_foreground(&pty->tty, (int)number);
	return 0;
}

/* What waits for the master, and what it drops. */
static int64_t control_own_queue(struct pty *pty, uint32_t command, uint64_t argument)
{
	if (command == LINUX_TIOCINQ)
		return answer(argument, (int32_t)output_bytes(pty));
	if (command == LINUX_TIOCOUTQ)
		return answer(argument, 0);
	if (argument > LINUX_TCIOFLUSH)
		return -EINVAL;
	lock_acquire(&pty->tty.lock);
	if (argument != LINUX_TCOFLUSH)
		byte_ring_flush(&pty->tty.discipline.output);
	lock_release(&pty->tty.lock);
	wait_wake_all(&pty->tty.output_queue, LINUX_POLL_WRITABLE);
	return 0;
}

static int64_t master_ioctl(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	struct pty *pty = file->object;
	switch (command) {
	case LINUX_TIOCGPTN: return answer(argument, (int32_t)pty->tty.index);
	case LINUX_TIOCSPTLCK:
	case LINUX_TIOCPKT: return set_switch(pty, command, argument);
	case LINUX_TIOCGPTLCK: return answer(argument, pty->locked);
	case LINUX_TIOCGPKT: return answer(argument, pty->packet);
	case LINUX_TIOCGPTPEER: return open_peer(self, file, argument);
	case LINUX_TIOCSIG: return signal_slave(pty, argument);
	case LINUX_TIOCINQ:
	case LINUX_TIOCOUTQ:
	case LINUX_TCFLSH: return control_own_queue(pty, command, argument);
	default: return tty_control(self, file, &pty->tty, command, argument);
	}
}

static void master_release(struct file *file)
{
	struct pty *pty = file->object;
	__atomic_store_n(&pty->tty.other_closed, true, __ATOMIC_RELEASE);
	devpts_remove(pty);
	tty_hang_up(&pty->tty);
	pty_put(pty);
}

const struct file_operations pty_master_operations = {
	.read = master_read,
	.write = master_write,
	.poll = master_poll,
	.ioctl = master_ioctl,
	.release = master_release,
};

struct file *tty_open_multiplexer(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	struct superblock *super = devpts_of_multiplexer(self, inode, error);
	struct file *file = NULL;
	struct pty *pty;
	if (!super)
		return NULL;
	pty = devpts_add(self, super, error);
	superblock_put(super);
	if (!pty)
		return NULL;
	file = file_create(FILE_PTMX, flags, pty);
	if (file)
		return file;
	*error = -ENOMEM;
	devpts_remove(pty);
	pty_put(pty);
	return NULL;
}
