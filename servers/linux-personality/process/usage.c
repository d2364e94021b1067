/* SPDX-License-Identifier: MIT */
/*
 * getrusage(2), times(2), and the sums behind them.
 */
#include "process/usage.h"

#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "memory/mm.h"
#include "process/tree.h"
#include "runtime/kernel.h"

static struct process_times ended_threads; /* T */

/* The record is as of the last exit: what the kernel says is newer for a thread that computes in guest mode. */
struct process_times thread_times_of(const struct thread *thread)
{
	const struct guest_record *guest = &thread->guest;
	struct thread_info info = { .user_time_ns = guest->user_time_ns,
				    .total_time_ns = guest->total_time_ns };
	info.switches[0] = guest->switches[0];
	info.switches[1] = guest->switches[1];
	if (thread != thread_self() && thread->kernel_thread.value)
		(void)k_thread_info(thread->kernel_thread, own_address(&info));
	return (struct process_times){
		.user_ns = info.user_time_ns,
		.system_ns = info.total_time_ns > info.user_time_ns ? info.total_time_ns - info.user_time_ns
								    : 0,
		.voluntary = info.switches[0],
		.involuntary = info.switches[1],
		.routed_calls = guest->routed_calls,
		.forwarded_calls = thread->trace.next,
	};
}

void process_times_add(struct process_times *sum, const struct process_times *more)
{
	sum->user_ns += more->user_ns;
	sum->system_ns += more->system_ns;
	sum->minor_faults += more->minor_faults;
	sum->major_faults += more->major_faults;
	sum->voluntary += more->voluntary;
	sum->involuntary += more->involuntary;
	sum->routed_calls += more->routed_calls;
	sum->forwarded_calls += more->forwarded_calls;
	if (more->peak_resident_pages > sum->peak_resident_pages)
		sum->peak_resident_pages = more->peak_resident_pages;
}

/* What the space knows: faults and the highest resident size so far. */
static void add_space(struct process_times *times, const struct mm *mm)
{
	struct aspace_info info;
	if (!mm || k_aspace_info(mm->aspace, own_address(&info)).status < 0)
		return;
	times->minor_faults += info.minor_faults;
	times->major_faults += info.major_faults;
	if (info.peak_resident_pages > times->peak_resident_pages)
		times->peak_resident_pages = info.peak_resident_pages;
}

void usage_thread_ended(struct process *process, const struct process_times *times)
{
	process_times_add(&process->times, times);
	process_times_add(&ended_threads, times);
}

static void add_threads(struct process *process, void *context)
{
	for (struct thread *thread = process->threads; thread; thread = thread->next_in_process) {
		struct process_times one = thread_times_of(thread);
		process_times_add(context, &one);
	}
}

static void add_living(struct process *process, void *context)
{
	lock_acquire(&process->lock);
	add_threads(process, context);
	lock_release(&process->lock);
}

struct process_times usage_of_all(void)
{
	lock_acquire(&process_tree_lock);
	struct process_times times = ended_threads;
	process_for_each(add_living, &times);
	lock_release(&process_tree_lock);
	return times;
}

struct process_times process_times_of(struct process *process)
{
	lock_acquire(&process->lock);
	struct process_times times = process->times;
	add_threads(process, &times);
	add_space(&times, process->threads ? process->threads->mm : NULL);
	lock_release(&process->lock);
	return times;
}

static struct linux_timeval timeval_of(uint64_t ns)
{
	return (struct linux_timeval){ (int64_t)(ns / NS_PER_SECOND), (int64_t)(ns % NS_PER_SECOND / 1000) };
}

void usage_fill(struct linux_rusage *usage, const struct process_times *times)
{
	*usage = (struct linux_rusage){
		.user = timeval_of(times->user_ns),
		.system = timeval_of(times->system_ns),
		.peak_resident_kib = (int64_t)times->peak_resident_pages * 4,
		.minor_faults = (int64_t)times->minor_faults,
		.major_faults = (int64_t)times->major_faults,
		.voluntary = (int64_t)times->voluntary,
		.involuntary = (int64_t)times->involuntary,
	};
}

static struct process_times child_times_of(struct process *process)
{
	lock_acquire(&process_tree_lock);
	struct process_times times = process->child_times;
	lock_release(&process_tree_lock);
	return times;
}

int64_t sys_getrusage(struct thread *self, int32_t who, gaddr_t usage)
{
	struct process_times times;
	struct linux_rusage out;
	switch (who) {
	case LINUX_RUSAGE_SELF: times = process_times_of(self->process); break;
	case LINUX_RUSAGE_CHILDREN: times = child_times_of(self->process); break;
	case LINUX_RUSAGE_THREAD: times = thread_times_of(self); break;
	default: return -EINVAL;
	}
	usage_fill(&out, &times);
	return guest_write(usage, &out, sizeof(out));
}

int64_t sys_times(struct thread *self, gaddr_t times)
{
	struct process_times own = process_times_of(self->process), children = child_times_of(self->process);
	struct linux_tms out = {
		.user = ns_to_ticks(own.user_ns),
		.system = ns_to_ticks(own.system_ns),
		.child_user = ns_to_ticks(children.user_ns),
		.child_system = ns_to_ticks(children.system_ns),
	};
	if (times.value && guest_write(times, &out, sizeof(out)))
		return -EFAULT;
	return ns_to_ticks(clock_monotonic_ns());
}
