/* SPDX-License-Identifier: MIT */
/*
 * Dispositions with their installers, the mask, and the handler that a thread was sent to last.
 *
 * A handler's address means something only in the image that installed it: what lies at the same address in another image is
 * chance. So each entry remembers the image of its installer, and a report says when that is not the process's own.
 */
#include "report/signals.h"

#include <string.h>
#include "linux_abi/signal.h"
#include "memory/mm.h"
#include "process/process.h"
#include "report/names.h"
#include "report/place.h"
#include "signal/state.h"

static const char *belongs(const struct thread *self, uint64_t handler, uint64_t image)
{
	struct region_info region;
	if (image != self->guest.image)
		return "image";
	if (!place_find(self->mm, handler, &region))
		return "unmapped";
	return region.prot & PROT_BIT_EXEC ? "yes" : "data";
}

static void line_signal(struct report *report, int number)
{
	line_field(report, "signal", "%d", number);
	line_field(report, "signame", "%s", signal_name(number));
}

void report_handler(struct report *report, struct thread *self)
{
	const struct handler_run *run = &self->handler;
	if (!run->number)
		return;
	line_begin(report, "handler");
	line_signal(report, run->number);
	line_field(report, "handler", "0x%lx", run->handler);
	line_field(report, "running", "%s", run->running ? "yes" : "no");
	line_field(report, "belongs", "%s", belongs(self, run->handler, run->image));
	line_time(report, "time", run->time_ns);
	line_place(report, self, run->handler);
	line_end(report);
}

void report_mask(struct report *report, struct thread *self)
{
	lock_acquire(&self->process->lock);
	uint64_t thread = self->pending.set, process = self->process->pending.set;
	lock_release(&self->process->lock);
	line_begin(report, "mask");
	line_field(report, "blocked", "0x%lx", self->guest.signal_mask);
	line_field(report, "pending", "0x%lx", thread);
	line_field(report, "process", "0x%lx", process);
	line_end(report);
}

static void line_installer(struct report *report, const struct route_installer *installer)
{
	bool known = installer->process;
	bool routed = installer->thread & ROUTE_INSTALLER_ROUTED;
	line_field(report, "pid", known ? "%u" : "-", installer->process);
	line_field(report, "tid", known ? "%u" : "-", installer->thread & ~ROUTE_INSTALLER_ROUTED);
	line_field(report, "call", "%s", !known ? "-" : routed ? "routed" : "rt_sigaction");
	line_time(report, "time", installer->time_ns);
}

static void report_disposition(struct report *report, struct thread *self, int number,
			       const struct disposition *action, const struct route_installer *installer)
{
	bool handled = action->handler > LINUX_SIG_IGN;
	line_begin(report, "disposition");
	line_signal(report, number);
	line_field(report, "handler", "0x%lx", action->handler);
	line_field(report, "flags", "0x%lx", action->flags);
	line_field(report, "mask", "0x%lx", action->mask);
	line_field(report, "restorer", "0x%lx", action->restorer);
	line_field(report, "belongs", "%s", handled ? belongs(self, action->handler, installer->image) : "-");
	line_installer(report, installer);
	line_place(report, self, handled ? action->handler : 0);
	line_end(report);
}

void report_dispositions(struct report *report, struct thread *self)
{
	struct sighand *sighand = self->sighand;
	for (int number = 1; number <= SIGNAL_COUNT; number++) {
		lock_acquire(&sighand->lock);
		struct disposition action = sighand->actions[number - 1];
		struct route_installer installer = sighand->installers[number - 1];
		lock_release(&sighand->lock);
		if (action.handler != LINUX_SIG_DFL)
			report_disposition(report, self, number, &action, &installer);
	}
}
