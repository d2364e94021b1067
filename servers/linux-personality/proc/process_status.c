/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/status (proc(5)): the same as stat and more, in lines with names.
 */
#include <string.h>

#include "core/errno.h"
#include "file/files.h"
#include "fs/walk.h"
#include "memory/mm.h"
#include "proc/process_nodes.h"
#include "proc/process_spans.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "process/usage.h"
#include "runtime/kernel.h"
#include "signal/signal.h"

#define MEMORY_NODE_GROUPS 32u
#define KIB_PER_PAGE 4u
#define FILES_SHOWN_MIN 64u

struct status_view {
	char name[16];
	char state;
	bool no_new_privileges;
	int32_t group_id, id, parent, group, session;
	uint32_t umask, threads, descriptors;
	uint64_t queued_limit, cpu_mask;
	sigset_bits pending, shared, blocked, ignored, caught;
	struct process_times times;
	struct credentials *credentials; /* referenced; NULL: a zombie's */
	uint32_t user, user_group;       /* of a zombie */
	struct mm *mm;
	struct aspace_info memory;
};

/* T held. */
static void view_family(struct status_view *view, const struct process *process)
{
	view->parent = process->parent ? process->parent->pid : 0;
	view->group = process->group ? process->group->id : 0;
	view->session = process->session ? process->session->id : 0;
	view->user = process->uid;
	view->user_group = process->gid;
}

static void view_dispositions(struct status_view *view, const struct thread *thread)
{
	for (int i = 0; thread->sighand && i < SIGNAL_COUNT; i++) {
		uint64_t handler = thread->sighand->actions[i].handler;
		*(handler > 1 ? &view->caught : &view->ignored) |= handler ? SIGNAL_BIT(i + 1) : 0;
	}
}

static void view_thread(struct status_view *view, const struct thread *thread)
{
	view->state = thread_state_letter(thread);
	view->id = thread->tid;
	view->no_new_privileges = thread->no_new_privileges;
	view->pending = thread->pending.set;
	view->blocked = thread->guest.signal_mask;
	view->cpu_mask = thread->cpu_mask;
	view->times = thread_times_of(thread);
	view->umask = thread->fs ? __atomic_load_n(&thread->fs->umask, __ATOMIC_RELAXED) : 0;
	view->descriptors = thread->files ? files_capacity(thread->files) : 0;
	view->credentials = thread->credentials;
	credentials_get(view->credentials);
	view->mm = thread->mm;
	if (view->mm)
		mm_get(view->mm);
	view_dispositions(view, thread);
}

static void view_fill(struct status_view *view, struct request *request)
{
	struct process *process = request->subject.process;
	struct thread *thread;
	subject_name(&request->subject, view->name);
	lock_acquire(&process_tree_lock);
	view_family(view, process);
	lock_release(&process_tree_lock);
	thread = subject_lock(&request->subject);
	view->group_id = process->pid;
	view->id = request->subject.tid;
	view->state = 'Z';
	view->threads = process->thread_count;
	view->shared = process->pending.set;
	view->queued_limit = process->limits[LINUX_RLIMIT_SIGPENDING].soft;
	if (thread)
		view_thread(view, thread);
	subject_unlock(&request->subject);
	memory_info(view->mm, &view->memory);
}

static void put_label(struct text *out, const char *label)
{
	text_string(out, label);
	text_string(out, ":\t");
}

static void put_number(struct text *out, const char *label, int64_t value)
{
	put_label(out, label);
	text_signed(out, value);
	text_char(out, '\n');
}

static void put_mask(struct text *out, const char *label, uint64_t mask)
{
	put_label(out, label);
	text_hex(out, mask, 16);
	text_char(out, '\n');
}

static void put_kib(struct text *out, const char *label, uint64_t kib)
{
	put_label(out, label);
	text_unsigned_right(out, kib, 8);
	text_string(out, " kB\n");
}

static void put_ids(struct text *out, const char *label, const uint32_t ids[4])
{
	text_string(out, label);
	text_char(out, ':');
	for (int i = 0; i < 4; i++) {
		text_char(out, '\t');
		text_unsigned(out, ids[i]);
	}
	text_char(out, '\n');
}

static const char *state_text(char state)
{
	switch (state) {
	case 'R': return "R (running)";
	case 'S': return "S (sleeping)";
	case 'D': return "D (disk sleep)";
	case 'T': return "T (stopped)";
	case 't': return "t (tracing stop)";
	case 'X': return "X (dead)";
	default: return "Z (zombie)";
	}
}

static void put_identity(struct text *out, const struct status_view *view)
{
	put_label(out, "Name");
	text_escaped(out, view->name, strlen(view->name), "\n\\");
	text_string(out, "\nUmask:\t0");
	text_octal(out, view->umask >> 6);
	text_octal(out, view->umask >> 3 & 7);
	text_octal(out, view->umask & 7);
	text_string(out, "\nState:\t");
	text_string(out, state_text(view->state));
	text_char(out, '\n');
	put_number(out, "Tgid", view->group_id);
	put_number(out, "Ngid", 0);
	put_number(out, "Pid", view->id);
	put_number(out, "PPid", view->parent);
	put_number(out, "TracerPid", 0);
}

static void put_credentials(struct text *out, const struct status_view *view)
{
	const struct credentials *c = view->credentials;
	uint32_t users[4] = { view->user, view->user, view->user, view->user };
	uint32_t groups[4] = { view->user_group, view->user_group, view->user_group, view->user_group };
	if (c) {
		memcpy(users, (uint32_t[]){ c->uid, c->euid, c->suid, c->fsuid }, sizeof(users));
		memcpy(groups, (uint32_t[]){ c->gid, c->egid, c->sgid, c->fsgid }, sizeof(groups));
	}
	put_ids(out, "Uid", users);
	put_ids(out, "Gid", groups);
	put_number(out, "FDSize", view->descriptors);
	put_label(out, "Groups");
	for (uint32_t i = 0; c && c->groups && i < c->groups->count; i++) {
		if (i)
			text_char(out, ' ');
		text_unsigned(out, c->groups->ids[i]);
	}
	text_string(out, " \n");
	put_number(out, "NStgid", view->group_id);
	put_number(out, "NSpid", view->id);
	put_number(out, "NSpgid", view->group);
	put_number(out, "NSsid", view->session);
}

static uint64_t span_kib(uint64_t start, uint64_t end)
{
	return (end - start + 1023) / 1024;
}

static void put_memory(struct text *out, const struct status_view *view)
{
	const struct aspace_info *info = &view->memory;
	const struct mm *mm = view->mm;
	struct memory_spans spans;
	uint64_t code;
	if (!mm)
		return;
	spans = memory_spans(mm);
	code = span_kib(mm->code_start, mm->code_end);
	put_kib(out, "VmPeak", info->peak_mapped_bytes / 1024);
	put_kib(out, "VmSize", info->mapped_bytes / 1024);
	put_kib(out, "VmLck", info->locked_bytes / 1024);
	put_kib(out, "VmPin", 0);
	put_kib(out, "VmHWM", info->peak_resident_pages * KIB_PER_PAGE);
	put_kib(out, "VmRSS", info->resident_pages * KIB_PER_PAGE);
	put_kib(out, "RssAnon", info->private_pages * KIB_PER_PAGE);
	put_kib(out, "RssFile", (info->resident_pages - info->private_pages) * KIB_PER_PAGE);
	put_kib(out, "RssShmem", 0);
	put_kib(out, "VmData", info->data_bytes / 1024);
	put_kib(out, "VmStk", spans.stack / 1024);
	put_kib(out, "VmExe", code);
	put_kib(out, "VmLib", spans.executable / 1024 > code ? spans.executable / 1024 - code : 0);
	put_kib(out, "VmPTE", 0);
	put_kib(out, "VmSwap", 0);
	put_kib(out, "HugetlbPages", 0);
	text_string(out, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void put_signals(struct text *out, const struct status_view *view)
{
	put_number(out, "Threads", view->threads);
	put_label(out, "SigQ");
	text_unsigned(out, view->credentials ? view->credentials->user->signals : 0);
	text_char(out, '/');
	text_unsigned(out, view->queued_limit);
	text_char(out, '\n');
	put_mask(out, "SigPnd", view->pending);
	put_mask(out, "ShdPnd", view->shared);
	put_mask(out, "SigBlk", view->blocked);
	put_mask(out, "SigIgn", view->ignored);
	put_mask(out, "SigCgt", view->caught);
}

static void put_rights(struct text *out, const struct status_view *view)
{
	static const struct credentials none;
	const struct credentials *c = view->credentials ? view->credentials : &none;
	put_mask(out, "CapInh", c->inheritable);
	put_mask(out, "CapPrm", c->permitted);
	put_mask(out, "CapEff", c->effective);
	put_mask(out, "CapBnd", c->bounding);
	put_mask(out, "CapAmb", c->ambient);
	put_number(out, "NoNewPrivs", view->no_new_privileges);
	text_string(out, "Seccomp:\t0\nSeccomp_filters:\t0\n");
	text_string(out, "Speculation_Store_Bypass:\tunknown\nSpeculationIndirectBranch:\tunsupported\n");
}

/* One processor and one memory node, in the widths of masks that Linux builds with. */
static void put_places(struct text *out, const struct status_view *view)
{
	put_label(out, "Cpus_allowed");
	text_hex(out, view->cpu_mask ? view->cpu_mask : 1, 1);
	text_string(out, "\nCpus_allowed_list:\t0\nMems_allowed:\t");
	for (uint32_t i = 1; i < MEMORY_NODE_GROUPS; i++)
		text_string(out, "00000000,");
	text_string(out, "00000001\nMems_allowed_list:\t0\n");
	put_number(out, "voluntary_ctxt_switches", (int64_t)view->times.voluntary);
	put_number(out, "nonvoluntary_ctxt_switches", (int64_t)view->times.involuntary);
}

int show_status(struct request *request, struct text *out)
{
	struct status_view view = { 0 };
	view_fill(&view, request);
	put_identity(out, &view);
	put_credentials(out, &view);
	put_memory(out, &view);
	put_signals(out, &view);
	put_rights(out, &view);
	put_places(out, &view);
	if (view.credentials)
		credentials_put(view.credentials);
	if (view.mm)
		mm_put(view.mm);
	return 0;
}
