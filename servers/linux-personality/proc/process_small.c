/* SPDX-License-Identifier: MIT */
/*
 * The one-line files of /proc/PID: comm, limits, oom_score and its adjustment, personality, syscall and so on (proc(5)).
 */
#include <string.h>

#include "core/errno.h"
#include "memory/mm.h"
#include "memory/out_of_memory.h"
#include "proc/parse.h"
#include "proc/process_nodes.h"
#include "process/credentials.h"
#include "process/process.h"
#include "linux_abi/process.h"
#include "runtime/kernel.h"
#include "system/machine.h"

void subject_name(const struct subject *subject, char name[16])
{
	const struct thread *thread = subject_lock(subject);
	memcpy(name, thread ? thread->name : subject->process->name, 16);
	name[15] = 0;
	subject_unlock(subject);
}

int show_comm(struct request *request, struct text *out)
{
	char name[16];
	subject_name(&request->subject, name);
	text_string(out, name);
	text_char(out, '\n');
	return 0;
}

/* Only threads of one's own process may be named. */
int64_t store_comm(struct request *request, char *bytes, uint64_t count)
{
	struct thread *thread;
	char name[16] = { 0 };
	if (request->subject.process != request->self->process)
		return -EINVAL;
	memcpy(name, bytes, strnlen(bytes, sizeof(name) - 1));
	thread = subject_lock(&request->subject);
	if (thread)
		memcpy(thread->name, name, sizeof(name));
	subject_unlock(&request->subject);
	return thread ? (int64_t)count : -ESRCH;
}

struct limit_row {
	const char *name, *unit;
};

static const struct limit_row limit_rows[RLIMIT_COUNT] = {
	[LINUX_RLIMIT_CPU] = { "Max cpu time", "seconds" },
	[LINUX_RLIMIT_FSIZE] = { "Max file size", "bytes" },
	[LINUX_RLIMIT_DATA] = { "Max data size", "bytes" },
	[LINUX_RLIMIT_STACK] = { "Max stack size", "bytes" },
	[LINUX_RLIMIT_CORE] = { "Max core file size", "bytes" },
	[LINUX_RLIMIT_RSS] = { "Max resident set", "bytes" },
	[LINUX_RLIMIT_NPROC] = { "Max processes", "processes" },
	[LINUX_RLIMIT_NOFILE] = { "Max open files", "files" },
	[LINUX_RLIMIT_MEMLOCK] = { "Max locked memory", "bytes" },
	[LINUX_RLIMIT_AS] = { "Max address space", "bytes" },
	[LINUX_RLIMIT_LOCKS] = { "Max file locks", "locks" },
	[LINUX_RLIMIT_SIGPENDING] = { "Max pending signals", "signals" },
	[LINUX_RLIMIT_MSGQUEUE] = { "Max msgqueue size", "bytes" },
	[LINUX_RLIMIT_NICE] = { "Max nice priority", NULL },
	[LINUX_RLIMIT_RTPRIO] = { "Max realtime priority", NULL },
	[LINUX_RLIMIT_RTTIME] = { "Max realtime timeout", "us" },
};

static void put_limit(struct text *out, uint64_t value)
{
	if (value == LINUX_RLIM_INFINITY)
		text_string_left(out, "unlimited", 20);
	else
		text_unsigned_left(out, value, 20);
	text_char(out, ' ');
}

int show_limits(struct request *request, struct text *out)
{
	struct rlimit_pair limits[RLIMIT_COUNT];
	(void)subject_lock(&request->subject);
	memcpy(limits, request->subject.process->limits, sizeof(limits));
	subject_unlock(&request->subject);
	text_string(out, "Limit                     Soft Limit           Hard Limit           Units     \n");
	for (unsigned i = 0; i < RLIMIT_COUNT; i++) {
		text_string_left(out, limit_rows[i].name, 25);
		text_char(out, ' ');
		put_limit(out, limits[i].soft);
		put_limit(out, limits[i].hard);
		if (limit_rows[i].unit)
			text_string_left(out, limit_rows[i].unit, 10);
		text_char(out, '\n');
	}
	return 0;
}

/* Linux's scale: 0 to 1333, two thirds of a thousandth of memory plus the adjustment. */
int show_oom_score(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	int64_t adjust = request->subject.process->oom_score_adjust, score = 0;
	struct aspace_info info;
	struct system_info machine;
	memory_info(mm, &info);
	if (mm && adjust != OOM_ADJUST_MIN && !machine_info(&machine) && machine.frames_total)
		score = (1000 + out_of_memory_points(&info, adjust, machine.frames_total) * 1000 /
					(int64_t)machine.frames_total) *
			2 / 3;
	text_signed(out, score > 0 ? score : 0);
	text_char(out, '\n');
	if (mm)
		mm_put(mm);
	return 0;
}

int show_oom_adjust(struct request *request, struct text *out)
{
	text_signed(out, request->subject.process->oom_score_adjust);
	text_char(out, '\n');
	return 0;
}

/* Raising is free, going below 0 and below what it is needs CAP_SYS_RESOURCE. */
int64_t store_oom_adjust(struct request *request, char *bytes, uint64_t count)
{
	struct process *process = request->subject.process;
	int64_t value, error;
	error = parse_signed(bytes, &value);
	if (!error && (value < OOM_ADJUST_MIN || value > OOM_ADJUST_MAX))
		error = -EINVAL;
	if (error)
		return error;
	if (value < 0 && value < process->oom_score_adjust &&
	    !thread_capable(request->self, LINUX_CAP_SYS_RESOURCE))
		return -EACCES;
	__atomic_store_n(&process->oom_score_adjust, (int32_t)value, __ATOMIC_RELAXED);
	return (int64_t)count;
}

int show_cgroup(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "0::/\n");
	return 0;
}

/* Nobody has an audit identity: the number that says so (proc_pid_loginuid(5)). */
int show_no_login(struct request *request, struct text *out)
{
	(void)request;
	text_unsigned(out, UINT32_MAX);
	return 0;
}

/* Waits have no symbols to show. */
int show_wchan(struct request *request, struct text *out)
{
	(void)request;
	text_char(out, '0');
	return 0;
}

int show_personality(struct request *request, struct text *out)
{
	const struct thread *thread = subject_lock(&request->subject);
	uint64_t persona = thread ? thread->personality : 0;
	subject_unlock(&request->subject);
	text_hex(out, persona & UINT32_MAX, 8);
	text_char(out, '\n');
	return 0;
}

struct call_view {
	bool waits;
	struct guest_registers regs;
};

static struct call_view call_view(struct request *request)
{
	const struct thread *thread = subject_lock(&request->subject);
	struct call_view view = { 0 };
	if (thread) {
		view.waits = thread == request->self || thread_state_letter(thread) != 'R';
		view.regs = thread->guest.regs;
	}
	subject_unlock(&request->subject);
	return view;
}

/* Number and arguments of the call, -1 when it stopped outside of one; then stack and instruction pointer. */
int show_call(struct request *request, struct text *out)
{
	struct call_view view = call_view(request);
	const struct guest_registers *r = &view.regs;
	const uint64_t words[] = { r->rdi, r->rsi, r->rdx, r->r10, r->r8, r->r9, r->rsp, r->rip };
	bool in_call = r->orig_rax != GUEST_NO_CALL;
	if (!view.waits) {
		text_string(out, "running\n");
		return 0;
	}
	text_signed(out, (int64_t)r->orig_rax);
	for (unsigned i = in_call ? 0 : 6; i < sizeof(words) / sizeof(words[0]); i++) {
		text_string(out, " 0x");
		text_hex(out, words[i], 1);
	}
	text_char(out, '\n');
	return 0;
}

static bool slack_allowed(struct request *request)
{
	return request->subject.process == request->self->process ||
	       thread_capable(request->self, LINUX_CAP_SYS_NICE);
}

int show_slack(struct request *request, struct text *out)
{
	const struct thread *thread;
	uint64_t slack;
	if (!slack_allowed(request))
		return -EPERM;
	thread = subject_lock(&request->subject);
	slack = thread ? thread->timer_slack_ns : 0;
	subject_unlock(&request->subject);
	text_unsigned(out, slack);
	text_char(out, '\n');
	return 0;
}

int64_t store_slack(struct request *request, char *bytes, uint64_t count)
{
	struct thread *thread;
	uint64_t slack;
	int error = parse_unsigned(bytes, &slack);
	if (error)
		return error;
	if (!slack_allowed(request))
		return -EPERM;
	thread = subject_lock(&request->subject);
	if (thread)
		thread->timer_slack_ns = slack ? slack : thread->default_timer_slack_ns;
	subject_unlock(&request->subject);
	return (int64_t)count;
}

/* There is one user namespace, in which all ids are themselves. */
int show_identity_map(struct request *request, struct text *out)
{
	(void)request;
	text_unsigned_right(out, 0, 10);
	text_char(out, ' ');
	text_unsigned_right(out, 0, 10);
	text_char(out, ' ');
	text_unsigned_right(out, UINT32_MAX, 10);
	text_char(out, '\n');
	return 0;
}

int show_set_groups(struct request *request, struct text *out)
{
	(void)request;
	text_string(out, "allow\n");
	return 0;
}
