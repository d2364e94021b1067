/* SPDX-License-Identifier: MIT */
/*
 * select(2) and pselect6(2): three bit sets in, three out.
 */
#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "file/files.h"
#include "linux_abi/poll.h"
#include "process/process.h"
#include "stream/poll_table.h"
#include "stream/poll_timeout.h"

#define SETS 3u
#define WORD_BITS 64u
#define INLINE_WORDS (LINUX_FD_SETSIZE / WORD_BITS)

/* Which events make a descriptor ready for each set (select(2), "Correspondence between select() and poll()"). */
static const uint32_t set_events[SETS] = {
	LINUX_POLLRDNORM | LINUX_POLLRDBAND | LINUX_POLLIN | LINUX_POLLHUP | LINUX_POLLERR | LINUX_POLLNVAL,
	LINUX_POLLWRBAND | LINUX_POLLWRNORM | LINUX_POLLOUT | LINUX_POLLERR | LINUX_POLLNVAL,
	LINUX_POLLPRI | LINUX_POLLNVAL,
};

struct select_sets {
	gaddr_t guest[SETS];
	uint32_t count, words; /* descriptors; words of each set */
	uint64_t *in, *out;    /* set s begins at word s * words */
	uint64_t own[2 * SETS * INLINE_WORDS];
};

static size_t sets_bytes(const struct select_sets *sets)
{
	return (size_t)SETS * sets->words * sizeof(uint64_t);
}

static uint64_t word_of(const uint64_t *bits, const struct select_sets *sets, uint32_t set, uint32_t word)
{
	return bits[set * sets->words + word];
}

static uint64_t wanted_word(const struct select_sets *sets, uint32_t word)
{
	uint64_t bits = 0;
	for (uint32_t set = 0; set < SETS; set++)
		bits |= word_of(sets->in, sets, set, word);
	if (word == sets->count / WORD_BITS)
		bits &= (1ull << sets->count % WORD_BITS) - 1;
	return bits;
}

/* Ask one descriptor and mark it in the sets it is ready for; answers in how many. */
static int64_t select_one(struct thread *self, struct select_sets *sets, uint32_t fd,
			  struct poll_table *table)
{
	uint32_t word = fd / WORD_BITS, wanted = 0, events;
	uint64_t bit = 1ull << fd % WORD_BITS;
	int64_t ready = 0;
	for (uint32_t set = 0; set < SETS; set++)
		wanted |= word_of(sets->in, sets, set, word) & bit ? set_events[set] : 0;
	events = poll_descriptor(self, (int32_t)fd, wanted, table);
	for (uint32_t set = 0; set < SETS; set++) {
		if (!(word_of(sets->in, sets, set, word) & bit) || !(events & set_events[set]))
			continue;
		sets->out[set * sets->words + word] |= bit;
		ready++;
	}
	return ready;
}

static int64_t select_scan(struct thread *self, struct poll_table *table, void *context)
{
	struct select_sets *sets = context;
	int64_t ready = 0;
	memset(sets->out, 0, sets_bytes(sets));
	for (uint32_t word = 0; word < sets->words; word++) {
		for (uint64_t bits = wanted_word(sets, word); bits; bits &= bits - 1) {
			uint32_t fd = word * WORD_BITS + (uint32_t)__builtin_ctzll(bits);
			ready += select_one(self, sets, fd, ready ? NULL : table);
		}
	}
	return ready;
}

static bool is_open(struct thread *self, int32_t fd)
{
	struct file *file;
	if (!files_is_shared(self->files))
		return files_peek(self->files, fd);
	file = files_find(self->files, fd);
	if (file)
		file_put(file);
	return file;
}

/* A descriptor that is not open is an error only at the start. */
static int select_check(struct thread *self, const struct select_sets *sets)
{
	for (uint32_t word = 0; word < sets->words; word++) {
		for (uint64_t bits = wanted_word(sets, word); bits; bits &= bits - 1) {
			int32_t fd = (int32_t)(word * WORD_BITS + (uint32_t)__builtin_ctzll(bits));
			if (!is_open(self, fd))
				return -EBADF;
		}
	}
	return 0;
}

static void sets_free(struct select_sets *sets)
{
	if (sets->in != sets->own)
		slab_free(sets->in, 2 * sets_bytes(sets));
}

static int sets_read(struct thread *self, struct select_sets *sets)
{
	int error = 0;
	sets->in = sets->words <= INLINE_WORDS ? sets->own : slab_allocate(2 * sets_bytes(sets));
	if (!sets->in)
		return -ENOMEM;
	sets->out = sets->in + SETS * sets->words;
	memset(sets->in, 0, sets_bytes(sets));
	for (uint32_t set = 0; set < SETS && !error; set++) {
		if (sets->guest[set].value)
			error = guest_read(sets->in + set * sets->words, sets->guest[set],
					   sets->words * sizeof(uint64_t));
	}
	if (!error)
		error = select_check(self, sets);
	if (error)
		sets_free(sets);
	return error;
}

static int sets_write(const struct select_sets *sets)
{
	int error = 0;
	for (uint32_t set = 0; set < SETS && !error; set++) {
		if (sets->guest[set].value)
			error = guest_write(sets->guest[set], sets->out + set * sets->words,
					    sets->words * sizeof(uint64_t));
	}
	return error;
}

static int64_t select_call(struct thread *self, struct select_sets *sets, int32_t count, uint64_t deadline_ns)
{
	uint32_t capacity = files_capacity(self->files);
	int64_t result;
	if (count < 0)
		return -EINVAL;
	sets->count = (uint32_t)count < capacity ? (uint32_t)count : capacity;
	sets->words = (sets->count + WORD_BITS - 1) / WORD_BITS;
	result = sets_read(self, sets);
	if (result)
		return result;
	result = poll_until(self, deadline_ns, select_scan, sets);
	if (result >= 0 && sets_write(sets))
		result = -EFAULT;
	sets_free(sets);
	return result;
}

int64_t sys_select(struct thread *self, int32_t count, gaddr_t readable, gaddr_t writable,
		   gaddr_t exceptional, gaddr_t time)
{
	struct select_sets sets;
	struct poll_timeout timeout;
	int64_t result = poll_timeout_read(&timeout, time, POLL_TIMEVAL);
	if (result)
		return result;
	sets.guest[0] = readable;
	sets.guest[1] = writable;
	sets.guest[2] = exceptional;
	result = select_call(self, &sets, count, timeout.deadline_ns);
	return poll_timeout_finish(self, &timeout, result);
}

/* The sixth argument points at the mask's address and its size. */
struct mask_argument {
	gaddr_t mask;
	uint64_t set_bytes;
};

int64_t sys_pselect6(struct thread *self, int32_t count, gaddr_t readable, gaddr_t writable,
		     gaddr_t exceptional, gaddr_t time, gaddr_t mask_guest)
{
	struct mask_argument argument = { { 0 }, 0 };
	struct select_sets sets;
	struct poll_timeout timeout;
	int64_t result = 0;
	if (mask_guest.value && guest_read(&argument, mask_guest, sizeof(argument)))
		return -EFAULT;
	result = poll_timeout_read(&timeout, time, POLL_TIMESPEC);
	if (!result)
		result = poll_mask_begin(self, argument.mask, argument.set_bytes);
	if (result)
		return result;
	sets.guest[0] = readable;
	sets.guest[1] = writable;
	sets.guest[2] = exceptional;
	result = select_call(self, &sets, count, timeout.deadline_ns);
	poll_mask_end(self, argument.mask, result);
	return poll_timeout_finish(self, &timeout, result);
}
