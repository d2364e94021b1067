/* SPDX-License-Identifier: MIT */
/*
 * What lies in a process's memory: cmdline, environ, auxv, and the memory itself (proc(5)).
 *
 * The space is read by the kernel's copy calls like a debugger's accesses; nothing of it is mapped here.
 */
#include <string.h>

#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "memory/mm.h"
#include "memory/tags.h"
#include "proc/generated.h"
#include "proc/process_nodes.h"
#include "proc/process_spans.h"
#include "runtime/kernel.h"

#define CHUNK_BYTES 4096u
#define STRINGS_MAX (2u << 20)

/* Bytes [start, end) of a space, cut at the first page that is not there. */
static void text_space(const struct mm *mm, uint64_t start, uint64_t end, struct text *out)
{
	while (start < end) {
		uint64_t page_end = (start | (PAGE_SIZE - 1)) + 1;
		uint64_t bytes = (page_end < end ? page_end : end) - start;
		char *room = text_reserve(out, bytes);
		if (!room || space_read(mm->aspace, room, (gaddr_t){ start }, bytes))
			return;
		out->used += bytes;
		start += bytes;
	}
}

static bool range_sensible(uint64_t start, uint64_t end)
{
	return start && end > start && end - start <= STRINGS_MAX;
}

/* A program that overwrote the last byte of its arguments wrote a title, which ends where its own NUL is (proc(5)). */
static void title_cut(const struct mm *mm, struct text *out)
{
	uint64_t length = out->used;
	const char *end;
	if (!length || !out->bytes[length - 1])
		return;
	if (range_sensible(mm->environment_start, mm->environment_end) &&
	    mm->environment_start == mm->arguments_end)
		text_space(mm, mm->environment_start, mm->environment_end, out);
	end = out->used ? memchr(out->bytes, 0, out->used) : NULL;
	if (end)
		out->used = (uint64_t)(end - out->bytes) + 1;
}

int show_command_line(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	if (!mm)
		return 0;
	if (range_sensible(mm->arguments_start, mm->arguments_end)) {
		text_space(mm, mm->arguments_start, mm->arguments_end, out);
		title_cut(mm, out);
	}
	mm_put(mm);
	return 0;
}

int show_environment(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	if (!mm)
		return 0;
	if (range_sensible(mm->environment_start, mm->environment_end))
		text_space(mm, mm->environment_start, mm->environment_end, out);
	mm_put(mm);
	return 0;
}

int show_auxiliary(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	uint32_t words;
	if (!mm)
		return 0;
	words = mm->auxiliary_words;
	if (words > sizeof(mm->auxiliary) / sizeof(mm->auxiliary[0]))
		words = sizeof(mm->auxiliary) / sizeof(mm->auxiliary[0]);
	text_bytes(out, mm->auxiliary, words * sizeof(mm->auxiliary[0]));
	mm_put(mm);
	return 0;
}

static int64_t memory_step(const struct mm *mm, struct guest_iter *iter, char *chunk, uint64_t address,
			   bool write)
{
	uint64_t page_left = PAGE_SIZE - address % PAGE_SIZE;
	uint64_t bytes = iter->remaining < page_left ? iter->remaining : page_left;
	int64_t moved;
	if (!write) {
		if (space_read(mm->aspace, chunk, (gaddr_t){ address }, bytes))
			return -EIO;
		return iter_to_guest(iter, chunk, bytes);
	}
	moved = iter_from_guest(iter, chunk, bytes);
	if (moved > 0 && space_write(mm->aspace, (gaddr_t){ address }, chunk, (uint64_t)moved))
		return -EIO;
	return moved;
}

static int64_t memory_transfer(const struct content *content, struct guest_iter *iter, uint64_t *offset,
			       bool write)
{
	char *chunk = slab_allocate(CHUNK_BYTES);
	int64_t done = 0, moved = 0;
	if (!chunk)
		return -ENOMEM;
	while (iter->remaining && *offset < GUEST_USER_LIMIT) {
		moved = memory_step(content->mm, iter, chunk, *offset, write);
		if (moved <= 0)
			break;
		done += moved;
		*offset += (uint64_t)moved;
	}
	if (iter->remaining && *offset >= GUEST_USER_LIMIT)
		moved = -EIO;
	slab_free(chunk, CHUNK_BYTES);
	return done ? done : moved;
}

int64_t memory_read(struct request *request, struct content *content, struct guest_iter *iter,
		    uint64_t *offset)
{
	(void)request;
	return content->mm ? memory_transfer(content, iter, offset, false) : 0;
}

int64_t memory_write(struct request *request, struct content *content, struct guest_iter *iter,
		     uint64_t *offset)
{
	(void)request;
	return content->mm ? memory_transfer(content, iter, offset, true) : 0;
}

struct memory_spans memory_spans(const struct mm *mm)
{
	struct memory_spans spans = { 0 };
	struct region_info region = { 0 };
	while (k_aspace_query(mm->aspace, region.end, own_address(&region)).status == STATUS_OK) {
		if (region.tag == TAG_STACK)
			spans.stack += region.end - region.start;
		if (region.prot & PROT_BIT_EXEC)
			spans.executable += region.end - region.start;
	}
	return spans;
}
