/* SPDX-License-Identifier: MIT */
/*
 * shim_output: what the libc writes to descriptors 1 and 2 becomes lines of the kernel's log, each with the program's
 * name. An unfinished line waits for its end; a line that is too long is cut in pieces.
 */
#include "runtime/shim.h"

#include <errno.h>
#include <sys/uio.h>
#include "runtime/kernel.h"
#include "runtime/log.h"

#define LINE_BYTES 200u

static char line[LINE_BYTES];
static uint32_t line_used;
static uint32_t line_lock;

static void put_char(char c)
{
	if (c != '\n')
		line[line_used++] = c;
	if (c == '\n' || line_used == LINE_BYTES) {
		log_line(LOG_INFO, "%.*s", (int)line_used, line);
		line_used = 0;
	}
}

long shim_write(long descriptor, const char *text, size_t bytes)
{
	if (descriptor != 1 && descriptor != 2)
		return -EBADF;
	while (__atomic_exchange_n(&line_lock, 1, __ATOMIC_ACQUIRE) != 0)
		(void)k_thread_yield();
	for (size_t i = 0; i < bytes; i++)
		put_char(text[i]);
	__atomic_store_n(&line_lock, 0, __ATOMIC_RELEASE);
	return (long)bytes;
}

long shim_writev(long descriptor, const void *pieces, long count)
{
	const struct iovec *piece = pieces;
	long sum = 0;

	for (long i = 0; i < count; i++) {
		long done = shim_write(descriptor, piece[i].iov_base, piece[i].iov_len);
		if (done < 0)
			return done;
		sum += done;
	}
	return sum;
}
