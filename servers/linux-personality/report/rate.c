/* SPDX-License-Identifier: MIT */
/*
 * Each ancestor up to the first process allows so many reports from below it: some at once, then one in a while. A report
 * needs the leave of all of them. An ancestor that refuses counts, and says so in the log each time its count has doubled.
 */
#include "report/rate.h"

#include "core/clock.h"
#include "process/tree.h"
#include "runtime/log.h"

#define GENERATIONS_MAX 32u
#define AT_ONCE 16u
#define INTERVAL_NS 5000000000ull
#define INIT_AT_ONCE 64u
#define INIT_INTERVAL_NS 1000000000ull

/* T. The first ancestor that refuses, or NULL. */
static struct process *refusing(struct process *process, uint64_t now)
{
	for (uint32_t i = 0; process && i < GENERATIONS_MAX; i++, process = process->parent) {
		bool init = process == process_init;
		uint64_t ahead = init ? INIT_AT_ONCE * INIT_INTERVAL_NS : AT_ONCE * INTERVAL_NS;
		if (process->reports.next_ns > now + ahead)
			return process;
	}
	return NULL;
}

/* T. */
static void charge(struct process *process, uint64_t now, uint32_t *omitted, uint64_t *since_ns)
{
	for (uint32_t i = 0; process && i < GENERATIONS_MAX; i++, process = process->parent) {
		struct report_budget *budget = &process->reports;
		uint64_t from = budget->next_ns > now ? budget->next_ns : now;
		budget->next_ns = from + (process == process_init ? INIT_INTERVAL_NS : INTERVAL_NS);
		*omitted += budget->omitted;
		if (budget->omitted && (!*since_ns || budget->since_ns < *since_ns))
			*since_ns = budget->since_ns;
		budget->omitted = 0;
	}
}

bool report_allowed(struct process *process, uint32_t *omitted, uint64_t *since_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint32_t count = 0;
	int32_t pid = 0;
	*omitted = 0;
	*since_ns = 0;
	lock_acquire(&process_tree_lock);
	struct process *refuser = refusing(process->parent, now);
	if (refuser) {
		count = ++refuser->reports.omitted;
		pid = refuser->pid;
		if (count == 1)
			refuser->reports.since_ns = now;
	} else {
		charge(process->parent, now, omitted, since_ns);
	}
	lock_release(&process_tree_lock);
	if (count && !(count & (count - 1)))
		log_warning("reports of processes below %d are left out: %u", pid, count);
	return !count;
}
