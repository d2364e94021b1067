/* SPDX-License-Identifier: MIT */
/*
 * Code, stack and frames of the calling thread's guest.
 *
 * Copies ignore rights, as a debugger's: code that may only be executed is shown too. A copy stops at the first page that is not
 * there; frames are followed upwards only, and a bounded number of them, so any contents of the stack end.
 */
#include "report/stack.h"

#include "core/guest_memory.h"
#include "memory/mm.h"
#include "process/thread.h"
#include "report/place.h"
#include "runtime/kernel.h"

#define CODE_BEFORE 16u
#define CODE_BYTES 64u
#define STACK_LINES 8u
#define WORDS_PER_LINE 4u
#define FRAMES_MAX 32u
#define OVERFLOW_MAX 0x100000u /* how far rsp may be below its stack */
#define PAGE_BYTES 4096ull

static bool peek(const struct thread *self, void *to, uint64_t from, size_t bytes)
{
	return self->mm && from < GUEST_USER_LIMIT &&
	       !space_read(self->mm->aspace, to, (gaddr_t){ from }, bytes);
}

/* The bytes around rip that can be read: to both sides no further than where a page is missing. */
void report_code(struct report *report, struct thread *self)
{
	uint8_t code[CODE_BYTES];
	uint64_t rip = self->guest.regs.rip, start = rip - CODE_BEFORE, end = start + CODE_BYTES;
	if (start > rip || !peek(self, code, start, 1))
		start = rip;
	if (!peek(self, code, end - 1, 1))
		end = (rip | (PAGE_BYTES - 1)) + 1 < end ? (rip | (PAGE_BYTES - 1)) + 1 : end;
	bool there = end > start && peek(self, code, start, end - start);
	line_begin(report, "code");
	line_field(report, "start", "0x%lx", start);
	line_bytes(report, "bytes", code, there ? (uint32_t)(end - start) : 0);
	line_place(report, self, rip);
	line_end(report);
}

/* rsp, or where the memory above it begins: a stack that overflowed ends there. */
static uint64_t stack_from(const struct thread *self)
{
	uint64_t at = self->guest.regs.rsp & ~7ull;
	struct region_info region;
	if (!self->mm || k_aspace_query(self->mm->aspace, at, own_address(&region)).status < 0)
		return at;
	return region.start > at && region.start - at < OVERFLOW_MAX ? region.start : at;
}

void report_stack(struct report *report, struct thread *self)
{
	uint64_t at = stack_from(self), words[WORDS_PER_LINE];
	for (uint32_t i = 0; i < STACK_LINES && peek(self, words, at, sizeof(words)); i++) {
		line_begin(report, "stack");
		line_field(report, "at", "0x%lx", at);
		line_field(report, "words", "0x%lx,0x%lx,0x%lx,0x%lx", words[0], words[1], words[2],
			   words[3]);
		line_end(report);
		at += sizeof(words);
	}
}

static void report_frame(struct report *report, struct thread *self, uint32_t number, const uint64_t frame[2])
{
	line_begin(report, "frame");
	line_field(report, "number", "%u", number);
	line_field(report, "rip", "0x%lx", frame[1]);
	line_field(report, "rbp", "0x%lx", frame[0]);
	line_place(report, self, frame[1]);
	line_end(report);
}

void report_frames(struct report *report, struct thread *self)
{
	const struct guest_registers *regs = &self->guest.regs;
	uint64_t frame[2] = { regs->rbp, regs->rip }, last = regs->rsp;
	report_frame(report, self, 0, frame);
	for (uint32_t i = 1; i < FRAMES_MAX; i++) {
		uint64_t at = frame[0];
		if (at < last || at & 7 || !peek(self, frame, at, sizeof(frame)) || !frame[1])
			return;
		report_frame(report, self, i, frame);
		last = at + 1;
	}
}
