/* SPDX-License-Identifier: MIT */
/*
 * How the machine is used: /proc/stat, uptime, loadavg, meminfo, vmstat (proc(5)).
 *
 * Processor time is split as far as it is known: idle from the kernel, user from the processes that are there and those that
 * were waited for, the rest is the system's.
 */
#include "abi/blocks.h"
#include "core/clock.h"
#include "core/errno.h"
#include "proc/global_nodes.h"
#include "proc/load.h"
#include "process/tree.h"
#include "process/usage.h"
#include "system/machine.h"

#define NS_PER_CENTISECOND 10000000ull
#define KIB_PER_PAGE 4u
#define ROUND_HUNDREDTH (LOAD_ONE / 200)

struct time_sum {
	uint64_t user_ns;
	uint64_t minor_faults, major_faults;
};

static void add_times(struct process *process, void *context)
{
	struct time_sum *sum = context;
	struct process_times own = process_times_of(process);
	sum->user_ns += own.user_ns + process->child_times.user_ns;
	sum->minor_faults += own.minor_faults + process->child_times.minor_faults;
	sum->major_faults += own.major_faults + process->child_times.major_faults;
}

static struct time_sum time_sum(void)
{
	struct time_sum sum = { 0 };
	lock_acquire(&process_tree_lock);
	process_for_each(add_times, &sum);
	lock_release(&process_tree_lock);
	return sum;
}

/* user nice system idle iowait irq softirq steal guest guest_nice */
static void put_processor(struct text *out, const char *label, const struct system_info *info,
			  uint64_t user_ns)
{
	uint64_t busy_ns = info->uptime_ns > info->idle_ns ? info->uptime_ns - info->idle_ns : 0;
	uint64_t system_ns = busy_ns > user_ns ? busy_ns - user_ns : 0;
	text_string(out, label);
	text_char(out, ' ');
	text_unsigned(out, user_ns / NS_PER_CENTISECOND);
	text_string(out, " 0 ");
	text_unsigned(out, system_ns / NS_PER_CENTISECOND);
	text_char(out, ' ');
	text_unsigned(out, info->idle_ns / NS_PER_CENTISECOND);
	text_string(out, " 0 0 0 0 0 0\n");
}

static void put_count(struct text *out, const char *label, uint64_t count)
{
	text_string(out, label);
	text_char(out, ' ');
	text_unsigned(out, count);
	text_char(out, '\n');
}

int show_system_stat(struct request *request, struct text *out)
{
	struct thread_counts counts = thread_counts();
	struct time_sum sum = time_sum();
	struct system_info info;
	int error = machine_info(&info);
	(void)request;
	if (error)
		return error;
	put_processor(out, "cpu ", &info, sum.user_ns);
	put_processor(out, "cpu0", &info, sum.user_ns);
	put_count(out, "intr", info.interrupts);
	put_count(out, "ctxt", info.switches);
	put_count(out, "btime",
		  (uint64_t)((clock_realtime_ns() - (int64_t)clock_monotonic_ns()) / NS_PER_SECOND));
	put_count(out, "processes", id_total());
	put_count(out, "procs_running", counts.running);
	put_count(out, "procs_blocked", counts.uninterruptible);
	text_string(out, "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
	return 0;
}

static void put_seconds(struct text *out, uint64_t ns)
{
	text_unsigned(out, ns / NS_PER_SECOND);
	text_char(out, '.');
	text_unsigned_zeros(out, ns % NS_PER_SECOND / NS_PER_CENTISECOND, 2);
}

int show_uptime(struct request *request, struct text *out)
{
	struct system_info info;
	int error = machine_info(&info);
	(void)request;
	if (error)
		return error;
	put_seconds(out, info.uptime_ns);
	text_char(out, ' ');
	put_seconds(out, info.idle_ns);
	text_char(out, '\n');
	return 0;
}

int show_load_average(struct request *request, struct text *out)
{
	struct thread_counts counts = thread_counts();
	uint64_t loads[LOAD_COUNT];
	(void)request;
	load_averages(loads);
	for (int i = 0; i < LOAD_COUNT; i++) {
		uint64_t load = loads[i] + ROUND_HUNDREDTH;
		text_unsigned(out, load >> LOAD_FRACTION_BITS);
		text_char(out, '.');
		text_unsigned_zeros(out, (load & (LOAD_ONE - 1)) * 100 >> LOAD_FRACTION_BITS, 2);
		text_char(out, ' ');
	}
	text_unsigned(out, counts.running);
	text_char(out, '/');
	text_unsigned(out, counts.total);
	text_char(out, ' ');
	text_signed(out, id_last());
	text_char(out, '\n');
	return 0;
}

static void put_memory(struct text *out, const char *label, uint64_t pages)
{
	uint64_t start = out->used;
	text_string(out, label);
	text_char(out, ':');
	text_pad_to(out, start, 16);
	text_unsigned_right(out, pages * KIB_PER_PAGE, 8);
	text_string(out, " kB\n");
}

static void put_memory_zeros(struct text *out, const char *const *labels)
{
	for (; *labels; labels++)
		put_memory(out, *labels, 0);
}

/* Lines of things that are not told apart here, or do not exist here, say 0. */
int show_memory_info(struct request *request, struct text *out)
{
	static const char *const caches[] = {
		"Buffers",        "Cached",       "SwapCached",     "Active",      "Inactive", "Active(anon)",
		"Inactive(anon)", "Active(file)", "Inactive(file)", "Unevictable", "Mlocked",  "SwapTotal",
		"SwapFree",       "Dirty",        "Writeback",      NULL
	};
	static const char *const others[] = {
		"KernelStack", "PageTables", "SecPageTables", "NFS_Unstable", "Bounce", "WritebackTmp", NULL
	};
	struct system_info info;
	int error = machine_info(&info);
	uint64_t used;
	(void)request;
	if (error)
		return error;
	used = info.frames_total - info.frames_free;
	put_memory(out, "MemTotal", info.frames_total);
	put_memory(out, "MemFree", info.frames_free);
	put_memory(out, "MemAvailable", info.frames_free);
	put_memory_zeros(out, caches);
	put_memory(out, "AnonPages", used > info.frames_kernel ? used - info.frames_kernel : 0);
	put_memory(out, "Mapped", 0);
	put_memory(out, "Shmem", 0);
	put_memory(out, "KReclaimable", 0);
	put_memory(out, "Slab", info.frames_kernel);
	put_memory(out, "SReclaimable", 0);
	put_memory(out, "SUnreclaim", info.frames_kernel);
	put_memory_zeros(out, others);
	put_memory(out, "CommitLimit", info.frames_total);
	put_memory(out, "Committed_AS", used);
	return 0;
}

int show_memory_events(struct request *request, struct text *out)
{
	struct time_sum sum = time_sum();
	struct system_info info;
	int error = machine_info(&info);
	(void)request;
	if (error)
		return error;
	put_count(out, "nr_free_pages", info.frames_free);
	put_count(out, "pgfault", sum.minor_faults + sum.major_faults);
	put_count(out, "pgmajfault", sum.major_faults);
	return 0;
}

/* The kernel counts interrupts together, not by line. */
int show_interrupts(struct request *request, struct text *out)
{
	struct system_info info;
	int error = machine_info(&info);
	(void)request;
	if (error)
		return error;
	text_string(out, "           CPU0       \nALL: ");
	text_unsigned_right(out, info.interrupts, 10);
	text_string(out, "   Interrupts of all lines\n");
	return 0;
}
