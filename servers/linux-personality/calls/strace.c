/* SPDX-License-Identifier: MIT */
/*
 * Telling calls: arguments at the start, what was written to memory at the end, one line.
 *
 * A call that does not come back (exit, a deadly one) is told when its thread ends.
 */
#include "calls/strace.h"

#include <string.h>
#include "calls/calls.h"
#include "calls/strace_ring.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/tree.h"
#include "report/names.h"
#include "signal/state.h"

#define LINE_MAX 640u
#define TEXT_SHOWN 32u /* bytes of a buffer */
#define PATH_SHOWN 63u
#define WORDS_SHOWN 8u
#define NS_PER_MICROSECOND 1000u
#define MICROSECONDS 1000000u

static void append_quoted(struct format_buffer *out, const char *bytes, uint64_t count)
{
	static const char escapes[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
	format_append(out, "\"");
	for (uint64_t i = 0; i < count; i++) {
		uint8_t byte = (uint8_t)bytes[i];
		const char *escape = byte ? memchr(escapes, byte, sizeof(escapes) - 1) : NULL;
		if (escape)
			format_append(out, "\\%c", letters[escape - escapes]);
		else if (byte == '"' || byte == '\\')
			format_append(out, "\\%c", byte);
		else
			format_append(out, byte >= ' ' && byte < 127 ? "%c" : "\\x%02x", byte);
	}
	format_append(out, "\"");
}

/* A string of the guest's; its address when it cannot be read. */
static void append_string(struct format_buffer *out, uint64_t address)
{
	char text[PATH_SHOWN + 1];
	int64_t length = guest_read_string(text, (gaddr_t){ address }, sizeof(text));
	bool cut = length == -ENAMETOOLONG;
	if (cut)
		length = guest_read(text, (gaddr_t){ address }, PATH_SHOWN) ? -EFAULT : (int64_t)PATH_SHOWN;
	if (!address || length < 0) {
		format_append(out, address ? "0x%lx" : "NULL", address);
		return;
	}
	append_quoted(out, text, (uint64_t)length);
	format_append(out, cut ? "..." : "");
}

static void append_buffer(struct format_buffer *out, uint64_t address, uint64_t count)
{
	char bytes[TEXT_SHOWN];
	uint64_t shown = count < TEXT_SHOWN ? count : TEXT_SHOWN;
	if (guest_read(bytes, (gaddr_t){ address }, shown)) {
		format_append(out, "0x%lx", address);
		return;
	}
	append_quoted(out, bytes, shown);
	format_append(out, count > shown ? "..." : "");
}

/* The first words of a list of strings: argv. */
static void append_words(struct format_buffer *out, uint64_t address)
{
	uint64_t word = 0;
	format_append(out, "[");
	for (uint32_t i = 0; i < WORDS_SHOWN; i++, address += sizeof(word)) {
		if (guest_read(&word, (gaddr_t){ address }, sizeof(word)) || !word)
			break;
		format_append(out, i ? ", " : "");
		append_string(out, word);
	}
	format_append(out, word ? ", ...]" : "]");
}

static bool is_exec(uint64_t number)
{
	return number == CALL_NUMBER_execve || number == CALL_NUMBER_execveat;
}

/* The buffer of a row, and the size behind it: "in buffer, size count". */
static bool is_sized(const struct call_row *row, uint32_t index, uint8_t kind)
{
	return row->kinds[index] == kind && index + 1u < row->argument_count &&
	       row->kinds[index + 1] == ARGUMENT_SIZE && index == 1;
}

/* Of vectors the size counts segments. */
static bool is_bytes(uint64_t number)
{
	switch (number) {
	case CALL_NUMBER_read:
	case CALL_NUMBER_write:
	case CALL_NUMBER_pread64:
	case CALL_NUMBER_pwrite64:
	case CALL_NUMBER_sendto:
	case CALL_NUMBER_recvfrom: return true;
	default: return false;
	}
}

static void tell_argument(struct strace_call *call, const struct call_row *row, uint32_t index)
{
	struct format_buffer out = format_start(call->parts[index], STRACE_PART_MAX);
	uint64_t value = call->arguments[index];
	if (row->kinds[index] == ARGUMENT_PATH)
		append_string(&out, value);
	else if (is_exec(call->number) && row->kinds[index] == ARGUMENT_IN &&
		 row->kinds[index - 1] == ARGUMENT_PATH)
		append_words(&out, value);
	else if (is_bytes(call->number) && is_sized(row, index, ARGUMENT_IN))
		append_buffer(&out, value, call->arguments[index + 1]);
	else
		call_append_argument(&out, row, index, value);
}

void strace_enter(struct thread *self, struct strace_call *call)
{
	const struct guest_registers *regs = &self->guest.regs;
	const struct call_row *row = call_row_of((uint32_t)regs->orig_rax);
	*call = (struct strace_call){
		.number = (uint32_t)regs->orig_rax,
		.time_ns = self->guest.exit_time_ns,
		.arguments = { regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9 },
	};
	for (uint32_t i = 0; i < row->argument_count; i++)
		tell_argument(call, row, i);
	if (call->number == CALL_NUMBER_exit || call->number == CALL_NUMBER_exit_group)
		strace_leave(self, call, INT64_MIN);
}

static struct format_buffer begin_line(char line[LINE_MAX], const struct thread *self, uint64_t time_ns)
{
	struct format_buffer out = format_start(line, LINE_MAX);
	uint64_t time = time_ns / NS_PER_MICROSECOND;
	format_append(&out, "%d %lu.%06lu ", self->tid, time / MICROSECONDS, time % MICROSECONDS);
	return out;
}

static void end_line(struct format_buffer *out)
{
	if (out->used == LINE_MAX - 1)
		out->used--;
	out->text[out->used++] = '\n';
	strace_put(out->text, out->used);
}

void strace_leave(struct thread *self, const struct strace_call *call, int64_t result)
{
	const struct call_row *row = call_row_of(call->number);
	char line[LINE_MAX];
	struct format_buffer out = begin_line(line, self, call->time_ns);
	call_append_name(&out, call->number);
	format_append(&out, "(");
	for (uint32_t i = 0; i < row->argument_count; i++) {
		format_append(&out, i ? ", " : "");
		if (result > 0 && is_bytes(call->number) && is_sized(row, i, ARGUMENT_OUT))
			append_buffer(&out, call->arguments[i], (uint64_t)result);
		else
			format_append(&out, "%s", call->parts[i]);
	}
	format_append(&out, ")");
	call_append_result(&out, result);
	end_line(&out);
}

void strace_signal(struct thread *self, const struct linux_siginfo *info)
{
	char line[LINE_MAX];
	struct format_buffer out = begin_line(line, self, self->guest.exit_time_ns);
	format_append(&out, "--- %s {si_signo=%s, si_code=%s", signal_name(info->number),
		      signal_name(info->number), signal_code_name(info->number, info->code));
	if (info->code <= 0)
		format_append(&out, ", si_pid=%d, si_uid=%u", info->u.sender.pid, info->u.sender.uid);
	else if (info->number != LINUX_SIGCHLD)
		format_append(&out, ", si_addr=0x%lx", info->u.fault.address);
	else
		format_append(&out, ", si_pid=%d, si_status=%d", info->u.child.pid, info->u.child.status);
	format_append(&out, "} ---");
	end_line(&out);
}

void strace_ended(struct thread *self, uint32_t status)
{
	char line[LINE_MAX];
	struct format_buffer out = begin_line(line, self, self->guest.exit_time_ns);
	if (status & 0x7f)
		format_append(&out, "+++ killed by %s%s +++", signal_name(status & 0x7f),
			      status & LINUX_WAIT_CORE ? " (core dumped)" : "");
	else
		format_append(&out, "+++ exited with %u +++", status >> 8 & 0xff);
	end_line(&out);
}

int strace_set(int32_t pid, uint32_t flags)
{
	int error = strace_ring_open();
	lock_acquire(&process_tree_lock);
	struct process *process = error ? NULL : process_find(pid);
	if (process) {
		lock_acquire(&process->lock);
		process->strace = flags;
		for (struct thread *thread = process->threads; thread; thread = thread->next_in_process)
			signal_update_work(thread);
		lock_release(&process->lock);
	}
	lock_release(&process_tree_lock);
	return error ? error : process ? 0 : -ESRCH;
}
