/* SPDX-License-Identifier: MIT */
/*
 * wait4(2) and waitid(2): which child, which event, and what is told about it.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "process/credentials.h"
#include "process/exit.h"
#include "process/notify.h"
#include "process/pidfd.h"
#include "process/tree.h"
#include "process/usage.h"
#include "signal/state.h"

#define OPTIONS_CHILD (LINUX_WNOTHREAD | LINUX_WCLONE | LINUX_WALL)
#define OPTIONS_EVENT (LINUX_WEXITED | LINUX_WSTOPPED | LINUX_WCONTINUED)
#define STATUS_STOPPED(signal) ((signal) << 8 | 0x7fu)
#define STATUS_CONTINUED 0xffffu

struct wait_request {
	int which; /* LINUX_P_* */
	int32_t id;
	uint32_t options;
};

struct wait_event {
	int32_t pid; /* 0: none */
	uint32_t uid;
	uint32_t status; /* as wait4 encodes it */
	int code;
	int32_t value; /* si_status */
	struct process_times times;
};

static bool is_wanted(struct thread *self, const struct wait_request *request, const struct process *child)
{
	uint32_t options = request->options;
	if (request->which == LINUX_P_PID && child->pid != request->id)
		return false;
	if (request->which == LINUX_P_PGID && (!child->group || child->group->id != request->id))
		return false;
	if ((options & LINUX_WNOTHREAD) && child->parent_tid != self->tid)
		return false;
	return (options & LINUX_WALL) || (child->exit_signal != LINUX_SIGCHLD) == !!(options & LINUX_WCLONE);
}

static void fill_event(struct wait_event *event, struct process *child, int code, uint32_t status,
		       int32_t value)
{
	event->pid = child->pid;
	event->code = code;
	event->status = status;
	event->value = value;
	event->times = process_times_of(child);
	process_times_add(&event->times, &child->child_times);
	lock_acquire(&child->lock);
	event->uid = child->threads ? child->threads->credentials->uid : child->uid;
	lock_release(&child->lock);
}

static bool take_zombie(struct thread *self, const struct wait_request *request, struct process *child,
			struct wait_event *event)
{
	if (child->state != PROCESS_ZOMBIE || !(request->options & LINUX_WEXITED))
		return false;
	fill_event(event, child, wait_status_code(child->exit_status), child->exit_status,
		   wait_status_value(child->exit_status));
	if (!(request->options & LINUX_WNOWAIT)) {
		process_times_add(&self->process->child_times, &event->times);
		process_reap(child);
	}
	return true;
}

/* A flag that says there is something to report: answered, and cleared unless WNOWAIT. P within. */
static bool take_flag(struct process *child, bool *flag, const struct wait_request *request)
{
	lock_acquire(&child->lock);
	bool was = *flag;
	if (!(request->options & LINUX_WNOWAIT))
		*flag = false;
	lock_release(&child->lock);
	return was;
}

static bool take_event(struct thread *self, const struct wait_request *request, struct process *child,
		       struct wait_event *event)
{
	if (take_zombie(self, request, child, event))
		return true;
	if (child->state != PROCESS_ALIVE)
		return false;
	/* Both: it continued first and stopped again before anybody looked. */
	if ((request->options & LINUX_WCONTINUED) && take_flag(child, &child->continue_waitable, request)) {
		fill_event(event, child, LINUX_CLD_CONTINUED, STATUS_CONTINUED, LINUX_SIGCONT);
		return true;
	}
	if ((request->options & LINUX_WSTOPPED) && take_flag(child, &child->stop_waitable, request)) {
		(void)take_flag(child, &child->continue_waitable, request);
		fill_event(event, child, LINUX_CLD_STOPPED, STATUS_STOPPED(child->stop_signal),
			   (int32_t)child->stop_signal);
		return true;
	}
	return false;
}

/* 0 with event->pid set or not, or -ECHILD: nobody to wait for. */
static int look(struct thread *self, const struct wait_request *request, struct wait_event *event)
{
	int result = -ECHILD;
	lock_acquire(&process_tree_lock);
	for (struct process *child = self->process->children, *next; child; child = next) {
		next = child->next_sibling;
		if (!is_wanted(self, request, child))
			continue;
		if (child->state == PROCESS_ZOMBIE && !(request->options & LINUX_WEXITED))
			continue;
		result = 0;
		if (take_event(self, request, child, event))
			break;
	}
	lock_release(&process_tree_lock);
	return result;
}

static int wait_for_event(struct thread *self, const struct wait_request *request, struct wait_event *event)
{
	struct wait_node node = { 0 };
	int error;
	event->pid = 0;
	wait_prepare(self, &node, &self->process->child_queue);
	for (;;) {
		error = look(self, request, event);
		if (error || event->pid || (request->options & LINUX_WNOHANG))
			break;
		error = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
		if (!error)
			continue;
		/* A child's end comes before the signal that tells of it: it is the answer, not EINTR. */
		if (!look(self, request, event) && event->pid)
			error = 0;
		break;
	}
	wait_finish(self, &node);
	return error;
}

static int32_t own_group(struct thread *self)
{
	lock_acquire(&process_tree_lock);
	int32_t id = self->process->group->id;
	lock_release(&process_tree_lock);
	return id;
}

static struct wait_request request_from_pid(struct thread *self, int32_t pid, uint32_t options)
{
	struct wait_request request = { .which = LINUX_P_PID, .id = pid, .options = options };
	if (pid == -1)
		request.which = LINUX_P_ALL;
	else if (pid <= 0)
		request.which = LINUX_P_PGID;
	if (pid < -1)
		request.id = -pid;
	else if (!pid)
		request.id = own_group(self);
	return request;
}

static int write_usage(gaddr_t where, const struct wait_event *event)
{
	struct linux_rusage usage;
	if (!where.value)
		return 0;
	usage_fill(&usage, &event->times);
	return guest_write(where, &usage, sizeof(usage));
}

int64_t sys_wait4(struct thread *self, int32_t pid, gaddr_t status, uint32_t options, gaddr_t usage)
{
	struct wait_event event;
	if (options & ~(LINUX_WNOHANG | LINUX_WUNTRACED | LINUX_WCONTINUED | OPTIONS_CHILD))
		return -EINVAL;
	if (pid == INT32_MIN)
		return -ESRCH;
	struct wait_request request = request_from_pid(self, pid, options | LINUX_WEXITED);
	int error = wait_for_event(self, &request, &event);
	if (error || !event.pid)
		return error;
	if (status.value && guest_write(status, &event.status, sizeof(event.status)))
		return -EFAULT;
	return write_usage(usage, &event) ? -EFAULT : event.pid;
}

/* Only the fields that wait(2) names are written. */
static int write_info(gaddr_t where, const struct wait_event *event)
{
	int32_t head[3] = { event->pid ? LINUX_SIGCHLD : 0, 0, event->pid ? event->code : 0 };
	int32_t tail[3] = { event->pid, (int32_t)event->uid, event->value };
	if (!where.value)
		return 0;
	if (!event->pid)
		tail[1] = tail[2] = 0;
	if (guest_write(where, head, sizeof(head)))
		return -EFAULT;
	return guest_write(gaddr_add(where, 16), tail, sizeof(tail));
}

static int resolve_id(struct thread *self, struct wait_request *request)
{
	struct process *process;
	int error = 0;
	switch (request->which) {
	case LINUX_P_ALL: return 0;
	case LINUX_P_PID: return request->id <= 0 ? -EINVAL : 0;
	case LINUX_P_PGID:
		if (!request->id)
			request->id = own_group(self);
		return request->id < 0 ? -EINVAL : 0;
	case LINUX_P_PIDFD:
		process = pidfd_process(self, request->id, &error);
		if (!process)
			return error;
		request->which = LINUX_P_PID;
		request->id = process->pid;
		process_put(process);
		return 0;
	default: return -EINVAL;
	}
}

int64_t sys_waitid(struct thread *self, int32_t which, int32_t id, gaddr_t info, uint32_t options,
		   gaddr_t usage)
{
	struct wait_request request = { .which = which, .id = id, .options = options };
	struct wait_event event = { 0 };
	if ((options & ~(LINUX_WNOHANG | LINUX_WNOWAIT | OPTIONS_EVENT | OPTIONS_CHILD)) ||
	    !(options & OPTIONS_EVENT))
		return -EINVAL;
	int error = resolve_id(self, &request);
	if (error)
		return error;
	error = wait_for_event(self, &request, &event);
	if (error)
		return error;
	if (event.pid && write_usage(usage, &event))
		return -EFAULT;
	return write_info(info, &event);
}
