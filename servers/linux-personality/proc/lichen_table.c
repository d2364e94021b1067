/* SPDX-License-Identifier: MIT */
/*
 * /proc/lichen: what Linux has not: the native programs underneath and the handles that they hold, for root to compare with
 * the supervisor's manifest. Plain tables with a heading; numbers of objects are unique for the boot.
 */
#include "abi/handles.h"
#include "core/clock.h"
#include "core/errno.h"
#include "proc/lichen_trace.h"
#include "proc/global_nodes.h"
#include "runtime/bootstrap.h"
#include "supervisor_protocol.h"

#define NAME_WIDTH 19
#define NUMBER_WIDTH 7
#define WORD_WIDTH 15
#define UPTIME_WIDTH 12
#define MEMORY_WIDTH 12

/* A copy: the reply lies in the message page, which the next call uses again. */
struct program_list {
	struct supervisor_program programs[SUPERVISOR_PROGRAMS_MAX];
	uint32_t count;
};

static int list_programs(struct program_list *list)
{
	struct supervisor_list_programs_reply reply;
	status_code_t status = supervisor_list_programs(bootstrap_handle("supervisor.endpoint"), &reply);
	if (status < 0)
		return errno_from_status(status);
	for (list->count = 0; list->count < reply.programs_count; list->count++) {
		struct supervisor_program *program = &list->programs[list->count];
		*program = reply.programs[list->count];
		program->name[sizeof(program->name) - 1] = 0;
	}
	return 0;
}

static void word_cell(struct text *out, const char *word, uint32_t width)
{
	text_string_left(out, word, width);
	text_char(out, ' ');
}

static void number_cell(struct text *out, uint64_t number)
{
	text_unsigned_left(out, number, NUMBER_WIDTH);
	text_char(out, ' ');
}

static const char *state_name(uint32_t state)
{
	static const char *const names[] = {
		[SUPERVISOR_STATE_ABSENT] = "absent",
		[SUPERVISOR_STATE_RUNNING] = "running",
		[SUPERVISOR_STATE_ENDED] = "ended",
	};
	return state < sizeof(names) / sizeof(names[0]) ? names[state] : "?";
}

static int show_domains(struct request *request, struct text *out)
{
	struct program_list list;
	int error = list_programs(&list);
	(void)request;
	if (error)
		return error;
	text_string(out, "program             domain  state           restarts\n");
	for (uint32_t i = 0; i < list.count; i++) {
		const struct supervisor_program *program = &list.programs[i];
		word_cell(out, program->name, NAME_WIDTH);
		number_cell(out, program->domain);
		word_cell(out, state_name(program->state), WORD_WIDTH);
		text_unsigned(out, program->restarts);
		text_char(out, '\n');
	}
	return 0;
}

/* Seconds with three places, to the left. */
static void seconds_cell(struct text *out, uint64_t ns, uint32_t width)
{
	uint64_t start = out->used;
	text_unsigned(out, ns / 1000000000);
	text_char(out, '.');
	text_unsigned_zeros(out, ns / 1000000 % 1000, 3);
	text_pad_to(out, start, width);
}

static void show_server(struct text *out, const struct supervisor_program *program, uint64_t now_ns)
{
	bool running = program->state == SUPERVISOR_STATE_RUNNING;
	word_cell(out, program->name, NAME_WIDTH);
	word_cell(out, state_name(program->state), NUMBER_WIDTH);
	seconds_cell(out, running ? now_ns - program->started : 0, UPTIME_WIDTH);
	text_unsigned_left(out, program->restarts, WORD_WIDTH - NUMBER_WIDTH);
	text_unsigned_left(out, program->frames * 4, MEMORY_WIDTH);
	if (program->frames_limit > UINT64_MAX / 4)
		text_string_left(out, "none", MEMORY_WIDTH);
	else
		text_unsigned_left(out, program->frames_limit * 4, MEMORY_WIDTH);
	text_unsigned_left(out, program->messages, UPTIME_WIDTH);
	seconds_cell(out, program->time_ns, 0);
	text_char(out, '\n');
}

static int show_servers(struct request *request, struct text *out)
{
	struct program_list list;
	int error = list_programs(&list);
	uint64_t now_ns = clock_monotonic_ns();
	(void)request;
	if (error)
		return error;
	text_string(
		out,
		"server              state   uptime      restarts memory_kb   limit_kb    messages    cpu\n");
	for (uint32_t i = 0; i < list.count; i++)
		show_server(out, &list.programs[i], now_ns);
	return 0;
}

static const char *kind_name(uint32_t kind)
{
#define KIND_NAME(number, NAME, text) [number] = (text),
	static const char *const names[KIND_COUNT] = { OBJECT_KINDS(KIND_NAME) };
#undef KIND_NAME
	return kind < KIND_COUNT && names[kind] ? names[kind] : "?";
}

static const char *origin_name(uint32_t origin)
{
	static const char *const names[] = {
		[ORIGIN_INITIAL] = "initial",
		[ORIGIN_GRANTED] = "granted",
		[ORIGIN_CREATED] = "created",
		[ORIGIN_RECEIVED] = "received",
	};
	return origin < sizeof(names) / sizeof(names[0]) && names[origin] ? names[origin] : "?";
}

/* Read, write, execute, manage, transfer. */
static void show_rights(struct text *out, uint32_t rights)
{
	static const char letters[] = "rwxmt";
	for (uint32_t bit = 0; bit < sizeof(letters) - 1; bit++)
		text_char(out, rights >> bit & 1 ? letters[bit] : '-');
	text_string(out, "   ");
}

static void show_entry(struct text *out, const char *program, const struct supervisor_entry *entry)
{
	word_cell(out, program, NAME_WIDTH);
	word_cell(out, kind_name(entry->kind), WORD_WIDTH);
	show_rights(out, entry->rights);
	word_cell(out, origin_name(entry->origin), NUMBER_WIDTH + 1);
	number_cell(out, entry->badge);
	number_cell(out, entry->object);
	text_string(out, "0x");
	text_hex(out, entry->first, 1);
	text_string(out, " 0x");
	text_hex(out, entry->second, 1);
	text_char(out, '\n');
}

/* A program that ended since it was listed has no handles any more. */
static int show_program_handles(struct text *out, const struct supervisor_program *program)
{
	struct supervisor_list_handles_request request = { .domain = program->domain };
	struct supervisor_list_handles_reply reply;
	do {
		status_code_t status = supervisor_list_handles(bootstrap_handle("supervisor.endpoint"),
							       &request, &reply);
		if (status == STATUS_NOT_FOUND)
			return 0;
		if (status < 0)
			return errno_from_status(status);
		for (uint32_t i = 0; i < reply.handles_count; i++)
			show_entry(out, program->name, &reply.handles[i]);
		request.index = reply.next;
	} while (reply.next);
	return 0;
}

static int show_handles(struct request *request, struct text *out)
{
	struct program_list list;
	int error = list_programs(&list);
	(void)request;
	if (error)
		return error;
	text_string(out, "program             kind            rights  origin   badge   object  detail\n");
	for (uint32_t i = 0; i < list.count && !error; i++) {
		if (list.programs[i].domain)
			error = show_program_handles(out, &list.programs[i]);
	}
	return error;
}

#define ROOT_ROW(name_, show_)                                                                               \
	{                                                                                                    \
		.name = name_, .mode = LINUX_S_IFREG | 0400u, .flags = ROW_ROOTED, .show = show_             \
	}

static const struct node_row lichen_rows[] = {
	ROOT_ROW("calls", show_calls),
	ROOT_ROW("domains", show_domains),
	ROOT_ROW("events", show_events),
	ROOT_ROW("handles", show_handles),
	{ .name = "record",
	  .mode = LINUX_S_IFREG | 0600u,
	  .flags = ROW_ROOTED,
	  .show = show_record,
	  .store = store_record },
	{ .name = "recording",
	  .mode = LINUX_S_IFREG | 0400u,
	  .flags = ROW_ROOTED,
	  .read = recording_transfer },
	ROOT_ROW("routes", show_routes),
	ROOT_ROW("servers", show_servers),
	ROOT_ROW("gaps", show_gaps),
	{ .name = "strace", .mode = LINUX_S_IFREG | 0400u, .flags = ROW_ROOTED, .read = strace_read },
	{ .name = "trace",
	  .mode = LINUX_S_IFREG | 0600u,
	  .flags = ROW_ROOTED,
	  .show = show_trace,
	  .store = store_trace },
	{ .name = "version", .mode = MODE_FILE, .show = show_fixed, .text = "lichen 0.1\n" },
};
NODE_TABLE_DEFINE(lichen_table, lichen_rows, NULL);
