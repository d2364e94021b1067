/* SPDX-License-Identifier: MIT */
/*
 * Writing reports (report.h).
 *
 * Everything here may run with the kernel broken: of the kernel's memory only stacks and text are read, of a space only pages
 * that are there, and every loop has a bound.
 */
#include "debug/report.h"

#include "abi/guest.h"
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/layout.h"
#include "arch/x86_64/trap.h"
#include "debug/event.h"
#include "debug/log.h"
#include "memory/aspace.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define CODE_BEFORE 32u
#define CODE_BYTES 64u
#define STACK_LINES 8u
#define FRAMES_MAX 24u
#define MAPS_MAX 160u
#define VECTOR_PAGE_FAULT 14u
#define FAULT_WRITE 0x2u
#define FAULT_FETCH 0x10u

static unsigned number, lines;

static void line_begin(void)
{
	log_print_raw("|%u| ", number);
	lines++;
}

void report_line(const char *format, ...)
{
	char text[LOG_LINE_MAX];
	va_list list;
	line_begin();
	va_start(list, format);
	log_text(text, format_list(text, sizeof(text), format, list));
	va_end(list);
	log_text("\n", 1);
}

void report_begin(const char *kind)
{
	number++;
	lines = 0;
	report_line("report begin %s", kind);
}

void report_end(void)
{
	report_line("report end %u", lines + 1);
}

/* A byte of a space, or of the kernel; NULL: not to be read. */
static const void *readable(const struct aspace *space, uint64_t address)
{
	if (space)
		return aspace_byte(space, address, PROT_BIT_READ, 0);
	bool text = address >= (uintptr_t)image_text_start && address < (uintptr_t)image_text_end;
	return text || stack_contains(address) ? (const void *)address : NULL;
}

static bool word_read(const struct aspace *space, uint64_t address, uint64_t *word)
{
	const uint64_t *place = address % sizeof(*word) ? NULL : readable(space, address);
	if (place)
		*word = *place;
	return place;
}

const char *report_build(struct report_build_id *out, const void *id)
{
	const uint8_t *bytes = id;
	uint8_t any = 0;
	for (unsigned i = 0; i < BUILD_ID_BYTES; i++) {
		any |= bytes[i];
		format_print(&out->digits[2 * i], 3, "%02x", bytes[i]);
	}
	return any ? out->digits : "-";
}

void report_registers(const struct trap_frame *f)
{
	report_line("reg rax=0x%lx rbx=0x%lx rcx=0x%lx rdx=0x%lx", f->rax, f->rbx, f->rcx, f->rdx);
	report_line("reg rsi=0x%lx rdi=0x%lx rbp=0x%lx rsp=0x%lx", f->rsi, f->rdi, f->rbp, f->rsp);
	report_line("reg r8=0x%lx r9=0x%lx r10=0x%lx r11=0x%lx", f->r8, f->r9, f->r10, f->r11);
	report_line("reg r12=0x%lx r13=0x%lx r14=0x%lx r15=0x%lx", f->r12, f->r13, f->r14, f->r15);
	report_line("reg rip=0x%lx rflags=0x%lx cs=0x%lx ss=0x%lx", f->rip, f->rflags, f->cs, f->ss);
}

void report_code(const struct aspace *space, uint64_t rip)
{
	uint64_t start = rip < CODE_BEFORE ? 0 : rip - CODE_BEFORE, end;
	while (start < rip && !readable(space, start))
		start++;
	line_begin();
	log_print_raw("code start=0x%lx bytes=", start);
	for (end = start; end < start + CODE_BYTES && readable(space, end); end++)
		log_print_raw("%02x", *(const unsigned char *)readable(space, end));
	log_print_raw(end == start ? "-\n" : "\n");
}

void report_stack(const struct aspace *space, uint64_t rsp)
{
	uint64_t words[4];
	rsp &= ~7ull;
	for (unsigned line = 0; line < STACK_LINES; line++, rsp += sizeof(words)) {
		for (unsigned i = 0; i < 4; i++) {
			if (!word_read(space, rsp + i * 8, &words[i]))
				return;
		}
		report_line("stack at=0x%lx words=0x%lx,0x%lx,0x%lx,0x%lx", rsp, words[0], words[1], words[2],
			    words[3]);
	}
}

static void frame_line(const struct aspace *space, unsigned depth, uint64_t rip, uint64_t rbp)
{
	uint64_t offset;
	const char *name = space ? NULL : symbol_find(rip, &offset);
	if (name)
		report_line("frame number=%u rip=0x%lx rbp=0x%lx symbol=\"%s+0x%lx\"", depth, rip, rbp, name,
			    offset);
	else
		report_line("frame number=%u rip=0x%lx rbp=0x%lx symbol=-", depth, rip, rbp);
}

void report_frames(const struct aspace *space, uint64_t rip, uint64_t rbp)
{
	uint64_t next;
	for (unsigned depth = 0; depth < FRAMES_MAX; depth++) {
		frame_line(space, depth, rip, rbp);
		if (!word_read(space, rbp + 8, &rip) || !word_read(space, rbp, &next))
			return;
		if (!rip || (next && next <= rbp))
			return;
		rbp = next;
	}
}

void report_events(const struct cpu *cpu)
{
	const struct event_log *log = &cpu->events;
	uint64_t at = event_first(log), end = event_count(log);
	/* A recording is longer than anybody wants on a console. */
	if (end - at > EVENTS_KEPT)
		at = end - EVENTS_KEPT;
	report_line("events cpu=%u first=%lu end=%lu", cpu->number, at, end);
	for (; log->kept && at < end; at++) {
		const struct event *event = event_at(log, at);
		uint64_t us = (event->time_kind & EVENT_TIME_MASK) / 1000;
		report_line("event time=%lu.%06lu kind=%lu thread=%u cause=%u first=0x%lx second=0x%lx",
			    us / 1000000, us % 1000000, event->time_kind >> EVENT_KIND_SHIFT, event->thread,
			    event->cause, event->first, event->second);
	}
}

static void report_maps(const struct aspace *space)
{
	unsigned count = 0;
	const struct region *region = region_above((struct aspace *)space, 0);
	for (; region && count < MAPS_MAX; region = region_next(region), count++)
		report_line("map start=0x%lx end=0x%lx rights=%c%c%c%c offset=0x%lx object=%lu",
			    region->start, region->end, region->prot & PROT_BIT_READ ? 'r' : '-',
			    region->prot & PROT_BIT_WRITE ? 'w' : '-',
			    region->prot & PROT_BIT_EXEC ? 'x' : '-', region_private(region) ? 'p' : 's',
			    region->offset, region->object ? region->object->object.id : 0);
}

/* Which program, whose message it had not answered, and the guest whose exit it handled. */
static void report_work(const struct thread *thread)
{
	const struct domain *domain = thread->domain;
	const struct thread *client = thread->serving;
	const struct guest_record *record = thread->record;
	struct report_build_id build;
	report_line("server name=\"%s\" domain=%lu thread=%lu cause=%u client=%lu messages=%lu build=%s",
		    domain->about.name, domain->object.id, thread->object.id, EVENT_CAUSE(thread->cause),
		    client ? client->object.id : 0, domain->status.messages,
		    report_build(&build, domain->about.build));
	if (client)
		report_line(
			"serving thread=%lu domain=%lu name=\"%s\" message=%u words=0x%lx,0x%lx,0x%lx,0x%lx",
			client->object.id, client->domain->object.id, client->domain->about.name,
			MESSAGE_NUMBER(client->frame.rsi), client->frame.rdx, client->frame.r10,
			client->frame.r8, client->frame.r9);
	if (record)
		report_line("guest exit=%u call=%ld rip=0x%lx rsp=0x%lx", record->exit_reason,
			    record->regs.orig_rax, record->regs.rip, record->regs.rsp);
}

void report_reason(const struct trap_frame *frame, const char *what, uint64_t address)
{
	uint64_t error = frame->error_code;
	const char *access = error & FAULT_FETCH ? "execute" : error & FAULT_WRITE ? "write" : "read";
	report_line("reason text=\"%s\" vector=%lu error=0x%lx address=0x%lx access=%s", what, frame->vector,
		    error, address, frame->vector == VECTOR_PAGE_FAULT ? access : "-");
}

void report_server(const struct thread *thread, uint64_t fault_address)
{
	const struct trap_frame *frame = &thread->frame;
	const struct aspace *space = thread->domain->aspace;
	report_begin("server");
	report_work(thread);
	report_reason(frame, trap_name(frame->vector), fault_address);
	report_registers(frame);
	report_code(space, frame->rip);
	report_stack(space, frame->rsp);
	report_frames(space, frame->rip, frame->rbp);
	report_maps(space);
	report_end();
}
