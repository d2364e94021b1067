/* SPDX-License-Identifier: MIT */
/*
 * Bytes of lines. When there is no room the oldest lines go: the newest are what an investigation wants. The last line may be open:
 * the call of one thread that is not over. Whoever else has something to tell closes it.
 */
#include "calls/strace/ring.h"

#include <string.h>
#include "calls/strace.h"
#include "core/errno.h"
#include "core/lock.h"
#include "core/slab.h"
#include "core/survive.h"
#include "runtime/format.h"

#define RING_BYTES (1u << 20)
#define NOTE_BYTES 64u
#define UNFINISHED " <unfinished ...>\n"

/* RANK_READY_QUEUE: putting a line takes no other lock, and may be done under a process's. */
SURVIVES static struct lock ring_lock;
SURVIVES static char *ring;
SURVIVES static uint64_t ring_first, ring_end; /* counts of bytes ever */
SURVIVES static int32_t ring_open;             /* whose line is the last one and not closed; 0: none */
SURVIVES static uint64_t ring_dropped;         /* lines, since the reader was told */

int strace_ring_open(void)
{
	char *fresh = __atomic_load_n(&ring, __ATOMIC_ACQUIRE) ? NULL : slab_allocate(RING_BYTES);
	char *none = NULL;
	if (!ring && !fresh)
		return -ENOMEM;
	if (!fresh)
		return 0;
	lock_init(&ring_lock, RANK_READY_QUEUE);
	if (!__atomic_compare_exchange_n(&ring, &none, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		slab_free(fresh, RING_BYTES);
	return 0;
}

static char byte_at(uint64_t at)
{
	return ring[at % RING_BYTES];
}

static void drop_oldest(void)
{
	while (ring_first < ring_end && byte_at(ring_first++) != '\n')
		;
	ring_dropped++;
}

/* L. */
static void put_bytes(const char *bytes, uint64_t count)
{
	while (ring_end + count - ring_first > RING_BYTES)
		drop_oldest();
	for (uint64_t i = 0; i < count; i++)
		ring[ring_end++ % RING_BYTES] = bytes[i];
}

/* L. */
static void close_open_line(void)
{
	if (ring_open)
		put_bytes(UNFINISHED, sizeof(UNFINISHED) - 1);
	ring_open = 0;
}

static bool lock_ring(void)
{
	if (!__atomic_load_n(&ring, __ATOMIC_ACQUIRE))
		return false;
	lock_acquire(&ring_lock);
	return true;
}

void strace_put(const struct format_buffer *line)
{
	if (!lock_ring())
		return;
	close_open_line();
	put_bytes(line->text, line->used);
	put_bytes("\n", 1);
	lock_release(&ring_lock);
}

void strace_begin(int32_t tid, const char *text, uint64_t bytes)
{
	if (!lock_ring())
		return;
	close_open_line();
	put_bytes(text, bytes);
	ring_open = tid;
	lock_release(&ring_lock);
}

void strace_end(int32_t tid, const struct format_buffer *resumed, const struct format_buffer *rest)
{
	if (!lock_ring())
		return;
	if (ring_open != tid) {
		close_open_line();
		put_bytes(resumed->text, resumed->used);
	}
	put_bytes(rest->text, rest->used);
	put_bytes("\n", 1);
	ring_open = 0;
	lock_release(&ring_lock);
}

void strace_count_lost(void)
{
	if (!lock_ring())
		return;
	ring_dropped++;
	lock_release(&ring_lock);
}

/* L. */
static uint64_t take_note(char *buffer, uint64_t bytes)
{
	struct format_buffer out;
	if (!ring_dropped || bytes < NOTE_BYTES)
		return 0;
	out = format_start(buffer, NOTE_BYTES);
	format_append(&out, "--- %lu lines dropped ---\n", ring_dropped);
	ring_dropped = 0;
	return out.used;
}

uint64_t strace_take(char *buffer, uint64_t bytes)
{
	uint64_t used, whole;
	if (!__atomic_load_n(&ring, __ATOMIC_ACQUIRE))
		return 0;
	lock_acquire(&ring_lock);
	used = whole = take_note(buffer, bytes);
	for (uint64_t at = ring_first; at < ring_end && used < bytes; at++) {
		buffer[used++] = byte_at(at);
		if (buffer[used - 1] == '\n')
			whole = used, ring_first = at + 1;
	}
	lock_release(&ring_lock);
	return whole;
}
