/* SPDX-License-Identifier: MIT */
/*
 * A Linux thread: one page of the arena, the record that the kernel shares with us at its start.
 *
 * The tid is a field, not an identity: exec gives the leader's tid to the surviving thread. What clone may share is
 * behind pointers with a reference count of its own: mm, files, fs, sighand, credentials; the process is the thread
 * group. Fields: S only by the thread itself; P under process->lock; A atomic; I immutable after start.
 */
#ifndef LICHEN_PERSONALITY_THREAD_H
#define LICHEN_PERSONALITY_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/guest.h"
#include "calls/trace.h"
#include "core/wait.h"
#include "signal/signal.h"

struct process;
struct mm;
struct files;
struct fs_context;
struct credentials;

/* What the call in hand needs, besides the registers that it came with (guest.regs), to be re-issued or answered after a restart of
   this server. */
struct operation {
	uint64_t deadline_ns; /* absolute, so that a restart waits only for the rest */
	uint64_t progress;    /* bytes or steps already done */
	uint64_t request_id;  /* of the message under way */
	int64_t result;
	bool committed; /* result is final */
};

/* How restart_syscall goes on after a stop. */
struct restart_block {
	uint32_t kind; /* enum restart_kind */
	uint32_t clock;
	uint64_t deadline_ns;
	uint64_t arguments[4];
};
enum restart_kind { RESTART_NONE = 0, RESTART_NANOSLEEP, RESTART_POLL, RESTART_FUTEX, RESTART_KIND_COUNT };

struct thread {
	struct guest_record guest; /* B with the kernel; first */

	struct thread *next_in_process, *previous_in_process; /* P */
	struct thread *next_tid_hash;                         /* T */
	struct thread *next_dead; /* thread/dead list, once it has left the process */
	uint32_t alive;           /* A; 1 until the kernel says that the thread left its native stack */
	struct process *process;  /* I */
	int32_t tid;              /* P */
	handle_t kernel_thread;   /* I */
	struct native_stack *native_stack; /* I; from the stack pool */

	struct mm *mm;                   /* S; others read under process->lock */
	struct files *files;             /* S, P to read */
	struct fs_context *fs;           /* S, P to read */
	struct sighand *sighand;         /* S, P to read */
	struct credentials *credentials; /* S replaces, P to read; immutable contents */

	/* Signals (signal/); the mask is guest.signal_mask: S under P, and the kernel's (abi/route.h) */
	sigset_bits saved_mask;      /* S; mask to restore after sigsuspend, ppoll, pselect, epoll_pwait */
	bool restore_mask;           /* S */
	struct signal_queue pending; /* P; directed at this thread */
	struct altstack altstack;    /* S */
	uint32_t signal_work; /* A, written under P: WORK_* bits; not 0: look at signals before guest_enter */
	sigset_bits waiting_for; /* P; signals that sigtimedwait takes although they are blocked */

	/* Waiting (core/wait.h) */
	uint32_t wake_count; /* A; the word that wait_sleep sleeps on */
	uint32_t wake_seen;  /* S; its value when the thread last began to look at its condition */
	bool in_wait;        /* S */

	struct operation operation;   /* S */
	struct restart_block restart; /* S */

	gaddr_t clear_child_tid, robust_list, rseq; /* S */
	uint32_t rseq_bytes, rseq_signature;
	char name[16];               /* comm; P */
	struct thread *vfork_parent; /* P; waits until we exec or exit */
	bool vfork_done;             /* A */
	bool exiting;                /* P */
	bool parked_for_dump;        /* P; stands still at its end until the core file is written */
	bool stopped;                /* P; counted in the group stop under way */
	bool reset_on_fork;          /* S; scheduling */
	bool no_new_privileges;      /* S; sticky */
	int32_t parent_death_signal; /* S */
	gaddr_t set_child_tid;       /* S; to write at its first entry, 0: none */
	uint8_t state_letter;        /* A; R S D T t Z as /proc shows */
	struct wait_queue vfork_queue;
	uint64_t start_ns;
	uint64_t timer_slack_ns, default_timer_slack_ns;
	int32_t nice;
	uint32_t scheduling_policy, realtime_priority;
	uint64_t cpu_mask;
	uint64_t personality;           /* personality(2) flags */
	struct pi_waiter *futex_waiter; /* futex_pi_mutex; what it waits for */
	uint32_t futex_boost;       /* futex_pi_mutex; real-time priority lent by who waits for it, 0: none */
	bool futex_closed;          /* futex_pi_mutex; has given up its locks */
	uint16_t told_interrupted;  /* S; the call that restart_syscall goes on with, as it is told */
	struct handler_run handler; /* S */
	struct trace_ring trace;    /* S; the last calls */
};
_Static_assert(sizeof(struct thread) <= 4096, "a thread is one page");

/* signal_work */
#define WORK_SIGNAL 1u /* an unblocked signal is pending */
#define WORK_FATAL 2u  /* the thread is to end */
#define WORK_STOP 4u   /* a group stop is under way and the thread has not joined it */
#define WORK_NOTIFY 8u /* the parent is to hear that the process continued or stopped */
/* In guest.route_gate beside the kernel's bits: calls are told in full, so none is routed. */
#define GATE_STRACE 0x80000000u

/* What /proc shows of it: also a guest that waits in the kernel sleeps. */
static inline char thread_state_letter(const struct thread *thread)
{
	char letter = (char)thread->state_letter;
	return letter == 'R' && __atomic_load_n(&thread->guest.parked, __ATOMIC_RELAXED) ? 'S' : letter;
}

/* The thread that is running this code. */
struct thread *thread_self(void);

/* Leave for the guest: handles signals, stops and exits first. */
_Noreturn void thread_return_to_guest(struct thread *self);

#endif
