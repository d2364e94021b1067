/* SPDX-License-Identifier: MIT */
/*
 * /proc/PID/stat and statm (proc(5)): one line of numbers. Everything is copied into struct stat_view under the locks, then
 * formatted.
 */
#include <string.h>

#include "core/errno.h"
#include "memory/mm.h"
#include "proc/process_nodes.h"
#include "process/schedule.h"
#include "process/tree.h"
#include "process/usage.h"
#include "runtime/kernel.h"
#include "signal/signal.h"
#include "tty/tty.h"

#define PF_FORKNOEXEC 0x00000040u
#define PF_EXITING 0x00000004u
#define PF_RANDOMIZE 0x00400000u
#define SIGNALS_SHOWN 0x7fffffffull
#define PRIORITY_BASE 20

struct stat_view {
	char name[16];
	char state;
	bool permitted;
	int32_t id, parent, group, session, foreground, exit_signal;
	uint32_t tty, flags, threads, exit_status;
	struct process_times own, children;
	int64_t priority, nice;
	uint64_t start_ns, resident_limit;
	sigset_bits pending, blocked, ignored, caught;
	uint32_t realtime, policy;
	struct mm *mm;
	struct aspace_info memory;
};

void memory_info(struct mm *mm, struct aspace_info *info)
{
	memset(info, 0, sizeof(*info));
	if (mm && k_aspace_info(mm->aspace, own_address(info)).status < 0)
		memset(info, 0, sizeof(*info));
}

/* Numbers as in /dev: serial lines, pseudoterminals, virtual terminals. */
static uint32_t tty_device(const struct tty *tty)
{
	if (tty->kind == TTY_PTY)
		return (uint32_t)linux_device(136, tty->index);
	return (uint32_t)linux_device(4, tty->kind == TTY_SERIAL ? 64 + tty->index : tty->index);
}

/* T held. */
static void view_family(struct stat_view *view, const struct process *process)
{
	struct session *session = process->session;
	view->parent = process->parent ? process->parent->pid : 0;
	view->group = process->group ? process->group->id : 0;
	view->session = session ? session->id : 0;
	view->tty = session && session->tty ? tty_device(session->tty) : 0;
	view->foreground = session && session->tty && session->foreground ? session->foreground->id : -1;
	view->children = process->child_times;
	view->exit_signal = process->exit_signal;
	view->exit_status = process->exit_status;
	view->flags = PF_RANDOMIZE | (process->did_exec ? 0 : PF_FORKNOEXEC);
	if (process->state != PROCESS_ALIVE)
		view->flags |= PF_EXITING;
}

static void view_thread(struct stat_view *view, const struct thread *thread)
{
	uint32_t own = schedule_realtime_priority(thread);
	uint32_t realtime = own > thread->futex_boost ? own : thread->futex_boost;
	view->state = thread_state_letter(thread);
	view->nice = thread->nice;
	view->priority = realtime ? -1 - (int64_t)realtime : PRIORITY_BASE + thread->nice;
	view->realtime = thread->realtime_priority;
	view->policy = thread->scheduling_policy;
	view->blocked = thread->guest.signal_mask;
	view->start_ns = thread->start_ns;
	view->mm = thread->mm;
	if (view->mm)
		mm_get(view->mm);
}

static void view_signals(struct stat_view *view, const struct thread *thread)
{
	view->pending = thread->pending.set;
	for (int i = 0; thread->sighand && i < SIGNAL_COUNT; i++) {
		uint64_t handler = thread->sighand->actions[i].handler;
		*(handler > 1 ? &view->caught : &view->ignored) |= handler ? SIGNAL_BIT(i + 1) : 0;
	}
}

static void view_fill(struct stat_view *view, struct request *request)
{
	struct process *process = request->subject.process;
	struct thread *thread;
	subject_name(&request->subject, view->name);
	lock_acquire(&process_tree_lock);
	view_family(view, process);
	lock_release(&process_tree_lock);
	thread = subject_lock(&request->subject);
	view->state = 'Z';
	view->id = request->subject.tid;
	view->threads = process->thread_count;
	view->start_ns = process->start_ns;
	view->resident_limit = process->limits[LINUX_RLIMIT_RSS].soft;
	if (thread) {
		view_thread(view, thread);
		view_signals(view, thread);
		if (request->subject.task)
			view->own = thread_times_of(thread);
	}
	subject_unlock(&request->subject);
	if (!request->subject.task)
		view->own = process_times_of(process);
	view->permitted = subject_readable(request->self, &request->subject);
	memory_info(view->mm, &view->memory);
}

static void put(struct text *out, uint64_t value)
{
	text_char(out, ' ');
	text_unsigned(out, value);
}

static void put_signed(struct text *out, int64_t value)
{
	text_char(out, ' ');
	text_signed(out, value);
}

static void put_head(struct text *out, const struct stat_view *view)
{
	text_signed(out, view->id);
	text_string(out, " (");
	text_string(out, view->name);
	text_string(out, ") ");
	text_char(out, view->state);
	put_signed(out, view->parent);
	put_signed(out, view->group);
	put_signed(out, view->session);
	put(out, view->tty);
	put_signed(out, view->foreground);
	put(out, view->flags);
}

static void put_usage(struct text *out, const struct stat_view *view)
{
	put(out, view->own.minor_faults);
	put(out, view->children.minor_faults);
	put(out, view->own.major_faults);
	put(out, view->children.major_faults);
	put_signed(out, ns_to_ticks(view->own.user_ns));
	put_signed(out, ns_to_ticks(view->own.system_ns));
	put_signed(out, ns_to_ticks(view->children.user_ns));
	put_signed(out, ns_to_ticks(view->children.system_ns));
	put_signed(out, view->priority);
	put_signed(out, view->nice);
	put(out, view->threads);
	put(out, 0);
	put_signed(out, ns_to_ticks(view->start_ns));
}

/* Addresses are for those who may look into the process; who may not sees 1 for code and 0 else. */
static void put_memory(struct text *out, const struct stat_view *view)
{
	const struct mm *mm = view->mm;
	put(out, view->memory.mapped_bytes);
	put(out, view->memory.resident_pages);
	put(out, view->resident_limit);
	put(out, mm ? view->permitted ? mm->code_start : 1 : 0);
	put(out, mm ? view->permitted ? mm->code_end : 1 : 0);
	put(out, mm && view->permitted ? mm->stack_start : 0);
	put(out, 0);
	put(out, 0);
}

static void put_signals(struct text *out, const struct stat_view *view)
{
	put(out, view->pending & SIGNALS_SHOWN);
	put(out, view->blocked & SIGNALS_SHOWN);
	put(out, view->ignored & SIGNALS_SHOWN);
	put(out, view->caught & SIGNALS_SHOWN);
	put(out, view->permitted && view->state != 'R' ? 1 : 0);
	put(out, 0);
	put(out, 0);
	put_signed(out, view->exit_signal);
	put(out, 0);
	put(out, view->realtime);
	put(out, view->policy);
	put(out, 0);
	put(out, 0);
	put(out, 0);
}

static void put_image(struct text *out, const struct stat_view *view)
{
	const struct mm *mm = view->permitted ? view->mm : NULL;
	put(out, mm ? mm->data_start : 0);
	put(out, mm ? mm->data_end : 0);
	put(out, mm ? mm->space.break_start : 0);
	put(out, mm ? mm->arguments_start : 0);
	put(out, mm ? mm->arguments_end : 0);
	put(out, mm ? mm->environment_start : 0);
	put(out, mm ? mm->environment_end : 0);
	put(out, view->permitted ? view->exit_status : 0);
	text_char(out, '\n');
}

int show_stat(struct request *request, struct text *out)
{
	struct stat_view view = { 0 };
	view_fill(&view, request);
	put_head(out, &view);
	put_usage(out, &view);
	put_memory(out, &view);
	put_signals(out, &view);
	put_image(out, &view);
	if (view.mm)
		mm_put(view.mm);
	return 0;
}

int show_statm(struct request *request, struct text *out)
{
	struct mm *mm = subject_mm(&request->subject);
	struct aspace_info info;
	memory_info(mm, &info);
	text_unsigned(out, info.mapped_bytes / PAGE_SIZE);
	put(out, info.resident_pages);
	put(out, info.resident_pages - info.private_pages);
	put(out, mm ? (mm->code_end - mm->code_start + PAGE_SIZE - 1) / PAGE_SIZE : 0);
	put(out, 0);
	put(out, info.data_bytes / PAGE_SIZE);
	put(out, 0);
	text_char(out, '\n');
	if (mm)
		mm_put(mm);
	return 0;
}
