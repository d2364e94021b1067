/* SPDX-License-Identifier: MIT */
/*
 * All parts of a guest's report in their order: who and whence, why, where it stood, what it did, what it had mapped.
 */
#include "report/death.h"

#include "abi/guest.h"
#include "calls/calls.h"
#include "core/clock.h"
#include "dump/core.h"
#include "file/file.h"
#include "linux_abi/signal.h"
#include "memory/mm.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "report/history.h"
#include "report/names.h"
#include "report/place.h"
#include "report/rate.h"
#include "report/registers.h"
#include "report/signals.h"
#include "report/stack.h"
#include "runtime/kernel.h"

#define MAPS_MAX 160u
#define VECTOR_PAGE 14u
#define ERROR_WRITE 0x2u
#define ERROR_FETCH 0x10u

static bool with_fpu;

void report_set_fpu(bool wanted)
{
	with_fpu = wanted;
}

static void report_process(struct report *report, struct thread *self)
{
	line_begin(report, "process");
	line_field(report, "pid", "%d", self->process->pid);
	line_field(report, "tid", "%d", self->tid);
	line_text(report, "name", self->name);
	line_field(report, "threads", "%u", self->process->thread_count);
	line_field(report, "uid", "%u", self->credentials->uid);
	line_time(report, "time", clock_monotonic_ns());
	line_end(report);
	line_begin(report, "image");
	line_file(report, self, "path", self->mm ? self->mm->executable : NULL, true);
	line_time(report, "since", self->mm ? self->mm->made_ns : 0);
	line_end(report);
}

static const char *how_made(uint64_t call)
{
	switch (call) {
	case CALL_NUMBER_fork: return "fork";
	case CALL_NUMBER_vfork: return "vfork";
	default: return "clone";
	}
}

static void report_parent(struct report *report, const struct process *process)
{
	const struct process_origin *origin = &process->origin;
	lock_acquire(&process_tree_lock);
	int32_t now = process->parent ? process->parent->pid : 0;
	lock_release(&process_tree_lock);
	line_begin(report, "parent");
	line_field(report, "pid", "%d", origin->pid);
	line_text(report, "name", origin->name);
	line_field(report, "how", "%s", origin->pid ? how_made(origin->call) : "first");
	line_field(report, "flags", "0x%lx", origin->flags);
	line_field(report, "call", "%s", origin->pid ? call_rows[origin->call].name : "-");
	line_time(report, "time", process->start_ns);
	line_field(report, "now", "%d", now);
	line_end(report);
}

static const char *access_of(const struct guest_record *guest)
{
	if (guest->vector != VECTOR_PAGE)
		return "-";
	if (guest->error_code & ERROR_FETCH)
		return "execute";
	return guest->error_code & ERROR_WRITE ? "write" : "read";
}

static const char *cause_of(const struct guest_record *guest)
{
	static const char *const causes[] = {
		[FAULT_NONE] = "-",         [FAULT_NO_REGION] = "absent",  [FAULT_ACCESS] = "rights",
		[FAULT_BEYOND_END] = "end", [FAULT_PAGER_ERROR] = "pager", [FAULT_NO_MEMORY] = "memory",
	};
	uint32_t reason = guest->vector == VECTOR_PAGE ? guest->fault_reason : FAULT_NONE;
	return reason < sizeof(causes) / sizeof(causes[0]) ? causes[reason] : "-";
}

static void line_exception(struct report *report, const struct guest_record *guest)
{
	line_field(report, "vector", "%u", guest->vector);
	line_field(report, "error", "0x%lx", guest->error_code);
	line_field(report, "access", "%s", access_of(guest));
	line_field(report, "cause", "%s", cause_of(guest));
}

static void report_reason(struct report *report, struct thread *self, const struct linux_siginfo *info)
{
	uint32_t reason = self->guest.exit_reason;
	bool fault = info->code > 0, sent = info->code <= 0 && info->code != LINUX_SI_TIMER;
	line_begin(report, "reason");
	line_field(report, "signal", "%d", info->number);
	line_field(report, "signame", "%s", signal_name(info->number));
	line_field(report, "code", "%d", info->code);
	line_field(report, "codename", "%s", signal_code_name(info->number, info->code));
	line_field(report, "address", fault ? "0x%lx" : "-", info->u.fault.address);
	line_field(report, "sender", sent ? "%d" : "-", info->u.sender.pid);
	if (fault && (reason == EXIT_FAULT || reason == EXIT_DEBUG)) {
		line_exception(report, &self->guest);
	} else {
		line_field(report, "vector", "-");
		line_field(report, "error", "-");
		line_field(report, "access", "-");
		line_field(report, "cause", "-");
	}
	line_place(report, self, fault ? info->u.fault.address : UINT64_MAX);
	line_end(report);
}

static void report_map(struct report *report, struct thread *self, const struct region_info *region)
{
	struct file *file = place_file(self->mm, region);
	line_begin(report, "map");
	line_field(report, "start", "0x%lx", region->start);
	line_field(report, "end", "0x%lx", region->end);
	line_rights(report, region, true);
	line_field(report, "offset", "0x%lx", file ? region->offset : 0);
	if (file) {
		line_file(report, self, "path", file, true);
		file_put(file);
	} else {
		line_text(report, "path", place_label(region));
		line_field(report, "build", "-");
	}
	line_end(report);
}

static void report_maps(struct report *report, struct thread *self)
{
	struct region_info region = { 0 };
	uint32_t count = 0;
	while (self->mm && k_aspace_query(self->mm->aspace, region.end, own_address(&region)).status >= 0)
		if (count++ < MAPS_MAX)
			report_map(report, self, &region);
	if (count <= MAPS_MAX)
		return;
	line_begin(report, "more");
	line_field(report, "what", "map");
	line_field(report, "count", "%u", count - MAPS_MAX);
	line_end(report);
}

static void report_omitted(struct report *report, uint32_t omitted, uint64_t since_ns)
{
	if (!omitted)
		return;
	line_begin(report, "omitted");
	line_field(report, "count", "%u", omitted);
	line_time(report, "since", since_ns);
	line_end(report);
}

static void report_core(struct report *report, const struct core_result *core)
{
	if (!core->wanted)
		return;
	line_begin(report, "core");
	line_path(report, "path", core->name[0] ? core->name : NULL);
	line_field(report, "bytes", "%lu", core->bytes);
	line_field(report, "error", core->error ? "%d" : "-", -core->error);
	line_end(report);
}

static void report_parts(struct report *report, struct thread *self, const struct linux_siginfo *info)
{
	report_process(report, self);
	report_parent(report, self->process);
	report_reason(report, self, info);
	report_registers(report, self);
	if (with_fpu)
		report_fpu(report);
	report_code(report, self);
	report_handler(report, self);
	report_mask(report, self);
	report_dispositions(report, self);
	report_stack(report, self);
	report_frames(report, self);
	report_history(report, self);
	report_maps(report, self);
}

bool report_death(struct thread *self, const struct linux_siginfo *info)
{
	struct core_result core;
	struct report report;
	uint32_t omitted;
	uint64_t since_ns;
	bool allowed = report_allowed(self->process, &omitted, &since_ns);
	if (allowed) {
		report_begin(&report, "guest");
		report_omitted(&report, omitted, since_ns);
		report_parts(&report, self, info);
	}
	core_dump(self, info, &core);
	if (allowed) {
		report_core(&report, &core);
		report_end(&report);
	}
	return core.dumped;
}
