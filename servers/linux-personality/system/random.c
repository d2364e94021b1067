/* SPDX-License-Identifier: MIT */
/*
 * The pool: one stream under one lock. Source: random(4), getrandom(2).
 */
#include "system/random.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/survive.h"
#include "entropy_protocol.h"
#include "process/credentials.h"
#include "process/process.h"
#include "runtime/log.h"
#include "runtime/random.h"

#include <string.h>

#define KEY_BYTES 32u
#define CHUNK_BYTES 1024u
#define POOL_BITS 256

#define GRND_NONBLOCK 1u
#define GRND_RANDOM 2u
#define GRND_INSECURE 4u

#define RNDGETENTCNT 0x80045200u
#define RNDADDTOENTCNT 0x40045201u
#define RNDADDENTROPY 0x40085203u
#define RNDZAPENTCNT 0x5204u
#define RNDCLEARPOOL 0x5206u
#define RNDRESEEDCRNG 0x5207u

SURVIVES static struct random_stream pool;
SURVIVES static struct lock pool_lock;

void pool_init(void)
{
	uint8_t key[KEY_BYTES];
	random_fill(key, sizeof(key));
	lock_init(&pool_lock, RANK_ALLOCATOR);
	random_start(&pool, key);
}

void pool_seed(handle_t entropy)
{
	const struct entropy_read_request request = { .max = ENTROPY_DATA_MAX };
	struct entropy_read_reply reply;
	if (entropy.value && entropy_read(entropy, &request, &reply) == STATUS_OK)
		pool_mix(reply.data, reply.data_bytes);
	else
		log_info("no hardware source of random numbers: the pool is seeded from the processor alone");
}

/* What was given out cannot be computed from the state that is left. */
static void pool_rekey_locked(const uint8_t *more, uint64_t count)
{
	uint8_t key[KEY_BYTES];
	random_take(&pool, key, sizeof(key));
	for (uint64_t i = 0; i < count; i++)
		key[i % KEY_BYTES] ^= more[i];
	random_start(&pool, key);
	memset(key, 0, sizeof(key));
}

void pool_fill(void *buffer, uint64_t bytes)
{
	lock_acquire(&pool_lock);
	random_take(&pool, buffer, bytes);
	pool_rekey_locked(NULL, 0);
	lock_release(&pool_lock);
}

/* Each block of input passes through the stream before the next is mixed, so equal blocks do not cancel. */
void pool_mix(const void *bytes, uint64_t count)
{
	const uint8_t *at = bytes;
	lock_acquire(&pool_lock);
	while (count) {
		uint64_t part = count < KEY_BYTES ? count : KEY_BYTES;
		pool_rekey_locked(at, part);
		at += part;
		count -= part;
	}
	lock_release(&pool_lock);
}

int64_t sys_getrandom(struct thread *self, gaddr_t buffer, uint64_t count, uint32_t flags)
{
	uint8_t chunk[CHUNK_BYTES];
	uint64_t done = 0;
	(void)self;
	if (flags & ~(GRND_NONBLOCK | GRND_RANDOM | GRND_INSECURE) ||
	    (flags & GRND_RANDOM && flags & GRND_INSECURE))
		return -EINVAL;
	if (count > INT32_MAX)
		count = INT32_MAX;
	while (done < count) {
		uint64_t bytes = count - done < CHUNK_BYTES ? count - done : CHUNK_BYTES;
		pool_fill(chunk, bytes);
		if (guest_write(gaddr_add(buffer, done), chunk, bytes))
			return done ? (int64_t)done : -EFAULT;
		done += bytes;
	}
	return (int64_t)done;
}

/* struct rand_pool_info: entropy count, size, bytes. */
static int64_t pool_add_entropy(gaddr_t guest)
{
	uint8_t chunk[CHUNK_BYTES];
	int32_t header[2];
	if (guest_read(header, guest, sizeof(header)))
		return -EFAULT;
	if (header[0] < 0 || header[1] < 0)
		return -EINVAL;
	for (uint64_t done = 0, size = (uint64_t)header[1]; done < size;) {
		uint64_t bytes = size - done < CHUNK_BYTES ? size - done : CHUNK_BYTES;
		if (guest_read(chunk, gaddr_add(guest, sizeof(header) + done), bytes))
			return -EFAULT;
		pool_mix(chunk, bytes);
		done += bytes;
	}
	return 0;
}

int64_t pool_control(struct thread *self, struct file *file, uint32_t command, uint64_t argument)
{
	const int32_t bits = POOL_BITS;
	int32_t count;
	(void)file;
	if (command == RNDGETENTCNT)
		return guest_write((gaddr_t){ argument }, &bits, sizeof(bits));
	if (command < RNDZAPENTCNT && command != RNDADDTOENTCNT && command != RNDADDENTROPY)
		return -EINVAL;
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	switch (command) {
	case RNDADDTOENTCNT:
		return guest_read(&count, (gaddr_t){ argument }, sizeof(count)) ? -EFAULT
		       : count < 0                                              ? -EINVAL
										: 0;
	case RNDADDENTROPY: return pool_add_entropy((gaddr_t){ argument });
	case RNDZAPENTCNT:
	case RNDCLEARPOOL:
	case RNDRESEEDCRNG: return 0;
	default: return -EINVAL;
	}
}
