/* SPDX-License-Identifier: MIT */
/*
 * The files of /proc/lichen that steer and read the stream of told calls.
 */
#include "proc/lichen_trace.h"

#include <string.h>
#include "calls/gaps.h"
#include "calls/strace.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "proc/parse.h"
#include "process/tree.h"
#include "report/death.h"

#define PIECE_BYTES 65536u
#define PID_WIDTH 8

int show_gaps(struct request *request, struct text *out)
{
	(void)request;
	return gaps_show(out);
}

static void show_told(struct process *process, void *context)
{
	struct text *out = context;
	if (!process->strace || process->state != PROCESS_ALIVE)
		return;
	text_unsigned_left(out, (uint64_t)process->pid, PID_WIDTH);
	text_string(out, process->strace & STRACE_CHILDREN ? "yes\n" : "no\n");
}

int show_trace(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "process children\n");
	lock_acquire(&process_tree_lock);
	process_for_each(show_told, out);
	lock_release(&process_tree_lock);
	return 0;
}

static int64_t told(const char *word, uint64_t count, int error)
{
	return error ? error : *parse_skip_space(word) ? -EINVAL : (int64_t)count;
}

int64_t store_trace(struct request *request, char *bytes, uint64_t count)
{
	const char *at = bytes;
	int64_t pid;
	(void)request;
	if (!strncmp(bytes, "fpu on", 6) || !strncmp(bytes, "fpu off", 7)) {
		report_set_fpu(bytes[5] == 'n');
		return (int64_t)count;
	}
	if (parse_next_signed(&at, &pid) || pid <= 0 || pid > INT32_MAX)
		return -EINVAL;
	at = parse_skip_space(at);
	if (!strncmp(at, "+children", 9))
		return told(at + 9, count, strace_set((int32_t)pid, STRACE_ON | STRACE_CHILDREN));
	if (!strncmp(at, "off", 3))
		return told(at + 3, count, strace_set((int32_t)pid, 0));
	return *at ? -EINVAL : told(at, count, strace_set((int32_t)pid, STRACE_ON));
}

int64_t strace_read(struct request *request, struct content *content, struct guest_iter *iter,
		    uint64_t *offset)
{
	char *piece = slab_allocate(PIECE_BYTES);
	uint64_t bytes = iter->remaining < PIECE_BYTES ? iter->remaining : PIECE_BYTES;
	(void)request;
	(void)content;
	if (!piece)
		return -ENOMEM;
	bytes = strace_take(piece, bytes);
	int64_t done = bytes ? iter_to_guest(iter, piece, bytes) : 0;
	if (done > 0)
		*offset += (uint64_t)done;
	slab_free(piece, PIECE_BYTES);
	return done;
}
