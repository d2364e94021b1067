/* SPDX-License-Identifier: MIT */
/*
 * A Linux process: the thread group, its place in the tree, sessions and groups, limits, exit status.
 *
 * T under process_tree_lock, P under process->lock. A process stays as a zombie (no threads) until it is waited for.
 * Sharing follows clone's flags exactly: dispositions only with CLONE_SIGHAND, descriptors only with CLONE_FILES, the
 * group only with CLONE_THREAD.
 */
#ifndef LICHEN_PERSONALITY_PROCESS_H
#define LICHEN_PERSONALITY_PROCESS_H

#include <stddef.h>
#include "abi/route.h"
#include "process/thread.h"

struct session;
struct tty;
struct file;
struct path;

#define RLIMIT_COUNT 16
struct rlimit_pair {
	uint64_t soft, hard;
};

struct process_group {
	int32_t id;
	uint32_t references; /* T */
	struct session *session;
	struct process *members; /* T; through next_in_group */
	struct process_group *next_hash;
};

struct session {
	int32_t id;
	uint32_t references;
	struct tty *tty;                  /* T; controlling terminal */
	struct process_group *foreground; /* T */
	struct process *leader;           /* T; NULL when it died */
	struct session *next;             /* T; all sessions */
};

struct process_times {
	uint64_t user_ns, system_ns;
	uint64_t minor_faults, major_faults;
	uint64_t voluntary, involuntary;
	uint64_t peak_resident_pages;
	uint64_t routed_calls, forwarded_calls; /* that the kernel answered, that came to us */
};

/* How a process came to be, for its report. */
struct process_origin {
	int32_t pid; /* the maker's; 0: the first process */
	char name[16];
	uint64_t call;  /* its Linux call */
	uint64_t flags; /* as for clone, with the exit signal in the lowest byte */
};

/* Which reports of processes below this one may be written (report/rate.c). */
struct report_budget {
	uint64_t next_ns, since_ns;
	uint32_t omitted;
};

enum process_state { PROCESS_ALIVE = 0, PROCESS_ZOMBIE = 1, PROCESS_DEAD = 2 };

struct process {
	union {
		struct route_group route; /* B with the kernel; its busy word is the lock's */
		struct lock lock;         /* RANK_PROCESS */
	};
	int32_t pid;               /* T */
	enum process_state state;  /* T */
	uint32_t references;       /* A; the pid table, each thread, each pidfd */
	struct process *next_hash; /* T; pid table */
	struct process *parent;    /* T; NULL for the first process */
	int32_t parent_tid;        /* T; thread that made it, for __WNOTHREAD */
	struct process *children, *next_sibling, *previous_sibling; /* T */
	struct process_group *group;                                /* T */
	struct process *next_in_group, *previous_in_group;          /* T */
	struct session *session;                                    /* T */

	struct thread *threads; /* P */
	uint32_t thread_count;  /* P */
	struct thread *leader;  /* P */

	struct signal_queue pending;            /* P; directed at the process */
	struct wait_queue child_queue;          /* waiters in wait4, woken on child events */
	struct wait_queue exec_queue;           /* exec waits for the other threads */
	struct wait_queue signal_queue_waiters; /* signalfd, sigtimedwait */
	struct wait_queue exit_queue;           /* pidfds */
	bool group_exiting;                     /* P */
	uint32_t group_exit_status;             /* P; of group_exiting, as wait4 encodes it */
	struct thread *execing;                 /* P; the thread that execs: all others end */
	bool unkillable;                        /* I; the first process: default actions do not apply to it */
	uint32_t exit_status;                   /* T; as wait4 encodes it */
	uint32_t uid, gid;                      /* T; real ids, kept for when no thread is left to ask */
	char name[16];                          /* T; the last thread's, kept likewise */
	int32_t exit_signal;                    /* T; sent to the parent, 0: none */
	bool stopping;        /* P; a group stop is under way: stop_pending_count threads have yet to join */
	bool stopped;         /* P; all have: group stop */
	uint32_t stop_signal; /* P */
	uint32_t stop_pending_count;               /* P */
	int32_t notify_code;                       /* P; CLD_* that the parent is to be told, 0: none */
	bool stop_waitable;                        /* P; stopped and not yet reported to a waiter */
	bool continue_waitable;                    /* P */
	bool child_subreaper, has_subreaper_above; /* T */
	bool did_exec;                             /* T; setpgid's EACCES rule */
	bool without_tty;                          /* T; gave up its session's terminal (TIOCNOTTY) */

	struct rlimit_pair limits[RLIMIT_COUNT]; /* P */
	struct process_times times, child_times; /* T; of ended threads, of waited children */
	uint64_t start_ns;
	struct posix_timers *timers; /* P; time/ owns it: itimers and timer_create */
	uint64_t alarm_deadline_ns;
	int32_t oom_score_adjust;
	bool oom_passed_over;           /* A; was chosen when memory ran out and did not end in time */
	struct uts_namespace *uts;      /* P; system/ owns it */
	struct mount_namespace *mounts; /* P; fs/ owns it */
	uint32_t strace;                /* P; STRACE_* (calls/strace.h) */
	struct thread *dumper;          /* P, A to read; writes the core file, the others wait (dump/) */
	bool dump_abandoned;            /* A */
	struct wait_queue dump_queue;   /* the dumper, and who waits for it */
	struct process_origin origin;   /* I */
	struct report_budget reports;   /* T */
};

_Static_assert(offsetof(struct lock, word) == offsetof(struct route_group, busy) &&
		       sizeof(struct lock) <= offsetof(struct route_group, pending),
	       "the lock is the busy word of the group's block");

extern struct lock process_tree_lock;

struct process *process_find(int32_t pid);            /* T held */
struct process_group *process_group_find(int32_t id); /* T held */
struct thread *thread_find(int32_t tid);              /* T held */

/* End the calling thread, or its whole process (status as wait4 encodes it). */
_Noreturn void thread_exit_call(struct thread *self, uint32_t status);
_Noreturn void process_exit_group(struct thread *self, uint32_t status);

#endif
