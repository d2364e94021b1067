/* SPDX-License-Identifier: MIT */
/*
 * The table of gaps.
 */
#include "calls/gaps.h"

#include <errno.h>
#include <string.h>
#include "calls/calls.h"
#include "core/lock.h"
#include "proc/text.h"
#include "process/thread.h"

#define GAPS_MAX 256u
#define CALL_WIDTH 20
#define WHAT_WIDTH 10
#define VALUE_WIDTH 20
#define ERROR_WIDTH 16
#define COUNT_WIDTH 8

/* `what` is a constant string; the table is not kept over a restart of this server. */
struct gap {
	const char *what;
	uint64_t number, value, count;
	int32_t error;
	char process[16];
};

static struct lock gaps_lock = { .rank = RANK_READY_QUEUE };
static struct gap gaps[GAPS_MAX];
static uint32_t gap_count;
static uint64_t gaps_lost;

static bool is_same(const struct gap *one, const struct gap *other)
{
	return one->number == other->number && one->value == other->value && one->error == other->error &&
	       !strcmp(one->what, other->what) && !memcmp(one->process, other->process, sizeof(one->process));
}

static void enter(const struct gap *gap)
{
	uint32_t i = 0;
	lock_acquire(&gaps_lock);
	while (i < gap_count && !is_same(&gaps[i], gap))
		i++;
	if (i == gap_count && gap_count < GAPS_MAX)
		gaps[gap_count++] = *gap;
	if (i < gap_count)
		gaps[i].count++;
	else
		gaps_lost++;
	lock_release(&gaps_lock);
}

void gap_note(struct thread *self, const char *what, uint64_t value, int64_t result)
{
	struct gap gap = {
		.what = what,
		.number = (uint32_t)self->guest.regs.orig_rax,
		.value = value,
		.error = (int32_t)-result,
	};
	memcpy(gap.process, self->name, sizeof(gap.process));
	enter(&gap);
}

/* Which of the arguments says what was asked for. */
static const struct {
	uint16_t number;
	uint8_t argument;
	const char *what;
} askers[] = {
	{ CALL_NUMBER_ioctl, 1, "ioctl" },       { CALL_NUMBER_fcntl, 1, "command" },
	{ CALL_NUMBER_setsockopt, 2, "option" }, { CALL_NUMBER_getsockopt, 2, "option" },
	{ CALL_NUMBER_socket, 0, "family" },     { CALL_NUMBER_socketpair, 0, "family" },
	{ CALL_NUMBER_prctl, 0, "option" },      { CALL_NUMBER_arch_prctl, 0, "option" },
	{ CALL_NUMBER_clone, 0, "flags" },       { CALL_NUMBER_unshare, 0, "flags" },
	{ CALL_NUMBER_mmap, 3, "flags" },        { CALL_NUMBER_mlockall, 0, "flags" },
	{ CALL_NUMBER_shmget, 2, "flags" },      { CALL_NUMBER_sched_setattr, 1, "pointer" },
};

#define FAMILIES 46u         /* AF_MAX of Linux: above, it refuses too */
#define TTY_COMMANDS 0x5400u /* asked of anything, to see whether it is a terminal */

/* An error that Linux would give too for what was asked. */
static bool is_linux_error(uint64_t number, int64_t result, uint64_t asked)
{
	switch (-result) {
	case ENOSYS: return call_row_of(number)->support == CALL_GONE;
	case EOPNOTSUPP:
	case ENOPROTOOPT:
	case EPROTONOSUPPORT:
	case ESOCKTNOSUPPORT: return false;
	case EAFNOSUPPORT: return asked >= FAMILIES;
	case ENOTTY: return number != CALL_NUMBER_ioctl || (asked & 0xff00) == TTY_COMMANDS;
	case EINVAL: /* prctl notes its own */
		return number == CALL_NUMBER_prctl || call_row_of(number)->support != CALL_PARTIAL;
	case ENODEV: return number != CALL_NUMBER_mount;
	default: return true;
	}
}

void gap_look(struct thread *self, int64_t result)
{
	const struct guest_registers *regs = &self->guest.regs;
	const uint64_t arguments[] = { regs->rdi, regs->rsi, regs->rdx, regs->r10 };
	uint64_t number = (uint32_t)regs->orig_rax, asked = 0;
	const char *what = "call";
	for (uint32_t i = 0; i < sizeof(askers) / sizeof(askers[0]) && result != -ENOSYS; i++)
		if (askers[i].number == number) {
			what = askers[i].what;
			asked = (uint32_t)arguments[askers[i].argument];
		}
	if (!is_linux_error(number, result, asked))
		gap_note(self, what, asked, result);
}

static void show_gap(struct text *out, const struct gap *gap)
{
	uint64_t start = out->used;
	const char *name = call_row_of(gap->number)->name;
	if (name)
		text_string_left(out, name, CALL_WIDTH);
	else
		text_unsigned_left(out, gap->number, CALL_WIDTH);
	text_string_left(out, gap->what, WHAT_WIDTH);
	text_string(out, "0x");
	text_hex(out, gap->value, 1);
	text_pad_to(out, start, CALL_WIDTH + WHAT_WIDTH + VALUE_WIDTH);
	text_string_left(
		out, gap->error < ERROR_NAME_COUNT && error_names[gap->error] ? error_names[gap->error] : "?",
		ERROR_WIDTH);
	text_unsigned_left(out, gap->count, COUNT_WIDTH);
	text_char(out, ' ');
	text_bytes(out, gap->process, strnlen(gap->process, sizeof(gap->process)));
	text_char(out, '\n');
}

int gaps_show(struct text *out)
{
	text_string(out,
		    "call                what      value               error           count    process\n");
	for (uint32_t i = 0; i < GAPS_MAX; i++) {
		lock_acquire(&gaps_lock);
		struct gap gap = gaps[i];
		lock_release(&gaps_lock);
		if (gap.count)
			show_gap(out, &gap);
	}
	if (gaps_lost) {
		text_string(out, "-                   lost      0x0                 -               ");
		text_unsigned_left(out, gaps_lost, COUNT_WIDTH);
		text_string(out, " -\n");
	}
	return 0;
}
