/* SPDX-License-Identifier: MIT */
/*
 * The service that makes room. It must get on when nothing can be allocated: its thread, stack and notification are made at
 * the start; to choose and to kill it takes locks, reads the process table and asks the kernel for sizes, no more.
 *
 * Threads that find no memory are parked by the kernel, which wakes them all whenever some comes free and signals again when
 * it was not enough. So one victim at a time is enough: signals that come while it is ending are not answered, unless it
 * has not ended PATIENCE_NS later; then it is passed over and another one is chosen.
 */
#include "memory/out_of_memory.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/errno.h"
#include "linux_abi/signal.h"
#include "memory/mm.h"
#include "process/create.h"
#include "proc/sysctl.h"
#include "process/credentials.h"
#include "process/tree.h"
#include "runtime/bootstrap.h"
#include "runtime/client.h"
#include "runtime/kernel.h"
#include "runtime/log.h"

#define SHORTAGE_BIT 1u
#define OVERCOMMIT_ALWAYS 1
#define PLENTY_SHARE                                                                                         \
	8u /* of all memory: free beside what servers are left, it is not what a process waits for */
#define PATIENCE_NS 5000000000ull
#define CHECK_NS 100000000ull
#define STACK_TOUCHED 8192u
#define KIB_PER_PAGE 4u

static handle_t shortage;
static uint64_t total_pages;

/* The process that would be killed, or is. */
struct victim {
	struct process *process; /* NULL: none; referenced once chosen */
	struct mm *mm;           /* compared only */
	int64_t points;
	struct aspace_info info;
	uint32_t uid;
	char name[16];
	uint64_t deadline_ns;
};

int64_t out_of_memory_points(const struct aspace_info *info, int32_t adjust, uint64_t total)
{
	return (int64_t)(info->resident_pages + info->table_pages) + (int64_t)adjust * (int64_t)total / 1000;
}

/* A thread whose space is the process's; P. */
static const struct thread *thread_with_space(const struct process *process)
{
	const struct thread *thread = process->threads;
	while (thread && !thread->mm)
		thread = thread->next_in_process;
	return thread;
}

static bool look_at(struct process *process, struct victim *found)
{
	lock_acquire(&process->lock);
	const struct thread *thread = thread_with_space(process);
	bool ok = thread && k_aspace_info(thread->mm->aspace, own_address(&found->info)).status == STATUS_OK;
	if (ok) {
		found->process = process;
		found->mm = thread->mm;
		found->uid = thread->credentials->uid;
		memcpy(found->name, thread->name, sizeof(found->name));
		found->points = out_of_memory_points(&found->info, process->oom_score_adjust, total_pages);
	}
	lock_release(&process->lock);
	return ok;
}

static bool may_be_killed(const struct process *process)
{
	return process->pid != 1 && process->oom_score_adjust != OOM_ADJUST_MIN && !process->oom_passed_over;
}

/* T */
static void consider(struct process *process, void *context)
{
	struct victim *best = context, found;
	if (may_be_killed(process) && look_at(process, &found) &&
	    (!best->process || found.points >= best->points))
		*best = found;
}

/* T. Whoever shares the victim's memory goes with it, or nothing would come free. */
static void kill_sharer(struct process *process, void *context)
{
	const struct victim *victim = context;
	struct victim found;
	if (process->pid != 1 && look_at(process, &found) && found.mm == victim->mm)
		(void)signal_send_process(process, LINUX_SIGKILL, NULL);
}

static void report(const struct victim *victim)
{
	const struct aspace_info *info = &victim->info;
	log_warning("Out of memory: Killed process %d (%s) total-vm:%lukB, anon-rss:%lukB, file-rss:%lukB, "
		    "UID:%u pgtables:%lukB oom_score_adj:%d",
		    victim->process->pid, victim->name, info->mapped_bytes / 1024,
		    info->private_pages * KIB_PER_PAGE,
		    (info->resident_pages - info->private_pages) * KIB_PER_PAGE, victim->uid,
		    info->table_pages * KIB_PER_PAGE, victim->process->oom_score_adjust);
}

static void kill_one(struct victim *victim)
{
	*victim = (struct victim){ 0 };
	lock_acquire(&process_tree_lock);
	process_for_each(consider, victim);
	if (victim->process) {
		process_get(victim->process);
		process_for_each(kill_sharer, victim);
	}
	lock_release(&process_tree_lock);
	victim->deadline_ns = clock_monotonic_ns() + PATIENCE_NS;
	if (victim->process)
		report(victim);
}

static uint64_t free_pages(void)
{
	struct system_info info = { 0 };
	(void)k_system_info(bootstrap_handle("system"), own_address(&info));
	return info.frames_free;
}

/* So much is free that whoever waits does not wait for memory, but for a server, say, that does not answer. */
static bool is_plenty(uint64_t pages)
{
	struct account_info info = { 0 };
	(void)k_account_info(guest_account, own_address(&info));
	return pages > info.limits.spared + total_pages / PLENTY_SHARE;
}

/* Where nobody may be killed and nothing comes free by itself either, the system has come to its end, as on Linux. */
static void make_room(struct victim *victim)
{
	const struct timespec patience = { .tv_sec = PATIENCE_NS / 1000000000 };
	kill_one(victim);
	if (victim->process)
		return;
	log_error("Out of memory and no killable processes");
	uint64_t before = free_pages();
	(void)nanosleep(&patience, NULL);
	uint64_t now = free_pages();
	if (now > before || is_plenty(now))
		return;
	kill_one(victim);
	if (victim->process)
		return;
	log_error("the memory stays used up: nothing can go on");
	(void)k_domain_kill(HANDLE_SELF_DOMAIN, 1);
}

static bool has_ended(struct process *process)
{
	lock_acquire(&process->lock);
	bool ended = !thread_with_space(process);
	lock_release(&process->lock);
	return ended;
}

/* True when the last victim, if there was one, is out of the way. */
static bool victim_done(struct victim *victim, bool *stuck)
{
	*stuck = false;
	if (!victim->process)
		return true;
	if (!has_ended(victim->process)) {
		if (clock_monotonic_ns() < victim->deadline_ns)
			return false;
		*stuck = victim->process->oom_passed_over = true;
	}
	process_put(victim->process);
	victim->process = NULL;
	return true;
}

static void *serve(void *unused)
{
	volatile uint8_t stack[STACK_TOUCHED];
	struct victim victim = { 0 };
	(void)unused;
	for (uint32_t i = 0; i < sizeof(stack); i += 64)
		stack[i] = 0;
	for (;;) {
		struct message message = { 0 };
		uint64_t deadline_ns = victim.process ? clock_monotonic_ns() + CHECK_NS : DEADLINE_NEVER;
		bool stuck, asked = ipc_receive(HANDLE_NONE, shortage, deadline_ns, &message) == STATUS_OK;
		if (victim_done(&victim, &stuck) && (asked || stuck))
			make_room(&victim);
	}
	return NULL;
}

bool memory_is_too_much(uint64_t bytes)
{
	return bytes / PAGE_SIZE > total_pages && sysctl_value(SYSCTL_OVERCOMMIT_MEMORY) != OVERCOMMIT_ALWAYS;
}

int out_of_memory_start(void)
{
	struct system_info info;
	pthread_t thread;
	struct call_result made = k_notification_create(personality_account);
	if (made.status >= 0) {
		shortage = call_handle(made);
		made = k_system_info(bootstrap_handle("system"), own_address(&info));
	}
	if (made.status < 0)
		return errno_from_status(made.status);
	total_pages = info.frames_total;
	int error = pthread_create(&thread, NULL, serve, NULL);
	if (error)
		return -error;
	return errno_from_status(k_domain_watch_memory(HANDLE_SELF_DOMAIN, shortage, SHORTAGE_BIT).status);
}
