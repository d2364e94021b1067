/* SPDX-License-Identifier: MIT */
/*
 * Calls on the log, the clock and the machine's end.
 *
 * Text for the log comes from user space: it is copied in pieces, and characters that would confuse a terminal are
 * replaced. A line is marked with the domain that wrote it.
 */
#include "arch/x86_64/cpu.h"
#include "call/lookup.h"
#include "debug/log.h"
#include "debug/panic.h"
#include "memory/memory.h"

#define LINE_MAX 160u
#define READ_PIECE 256u

enum stop { STOP_RESET = 1, STOP_HALT = 2 };

static void make_printable(char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if ((unsigned char)text[i] < ' ' && text[i] != '\t')
			text[i] = ' ';
	}
}

struct call_result kcall_log_write(struct thread *self, uaddr_t text, uint64_t bytes)
{
	char line[LINE_MAX + 1];
	if (bytes > LINE_MAX)
		bytes = LINE_MAX;
	status_code_t status = copy_in(self->domain->aspace, line, text, bytes);
	if (status)
		return call_error(status);
	while (bytes && line[bytes - 1] == '\n')
		bytes--;
	make_printable(line, bytes);
	line[bytes] = '\0';
	log_print("<%lu> %s", self->domain->object.id, line);
	return call_ok(bytes);
}

struct call_result kcall_log_read(struct thread *self, handle_t system, uaddr_t position, uaddr_t buffer,
				  uint64_t bytes)
{
	status_code_t status;
	struct aspace *space = self->domain->aspace;
	uint64_t place, done = 0;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_READ, &status))
		return call_error(status);
	status = copy_in(space, &place, position, sizeof(place));
	while (!status && done < bytes) {
		char piece[READ_PIECE];
		size_t wanted = bytes - done < READ_PIECE ? (size_t)(bytes - done) : READ_PIECE;
		size_t length = log_read(&place, piece, wanted);
		if (!length)
			break;
		status = copy_out(space, (uaddr_t){ buffer.value + done }, piece, length);
		done += length;
	}
	if (!status)
		status = copy_out(space, position, &place, sizeof(place));
	return status ? call_error(status) : call_ok(done);
}

struct call_result kcall_log_claim_serial(struct thread *self, handle_t system)
{
	status_code_t status;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_WRITE, &status))
		return call_error(status);
	log_serial_claimed(true);
	return call_ok(0);
}

struct call_result kcall_clock_set_realtime(struct thread *self, handle_t system, int64_t offset_ns)
{
	status_code_t status;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_WRITE, &status))
		return call_error(status);
	clock_set_realtime_offset(offset_ns);
	return call_ok(0);
}

struct call_result kcall_clock_read(struct thread *self)
{
	(void)self;
	return call_ok(clock_now_ns());
}

struct call_result kcall_system_stop(struct thread *self, handle_t system, uint32_t how)
{
	status_code_t status;
	if (!handle_lookup(self->domain, system, KIND_SYSTEM, RIGHT_MANAGE, &status))
		return call_error(status);
	if (how == STOP_RESET)
		machine_reset();
	if (how == STOP_HALT)
		machine_halt();
	return call_error(STATUS_INVALID);
}
