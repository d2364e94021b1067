/* SPDX-License-Identifier: MIT */
/*
 * Threads: the schedulable thing, native and guest side in one.
 *
 * The frame is the thread's registers in whichever mode it was interrupted: native code of its domain, or its
 * guest. A guest exit moves guest registers to the record and starts native code afresh, so one frame is enough.
 * A thread that waits holds no kernel stack: `wait` says what for, and how to go on is either a result already in the
 * frame or `restart`, which makes kernel_exit dispatch the same call again with the arguments still in the frame.
 *
 * Who touches what: L under the kernel lock, O only the thread's own CPU while it runs, I immutable after creation.
 */
#ifndef LICHEN_THREAD_THREAD_H
#define LICHEN_THREAD_THREAD_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/blocks.h"
#include "abi/guest.h"
#include "abi/message.h"
#include "abi/wait.h"
#include "arch/x86_64/trap_frame.h"
#include "object/object.h"
#include "structure/heap.h"
#include "structure/list.h"

struct aspace;
struct cpu;
struct domain;
struct endpoint;
struct notification;
struct frame;
struct route;
struct descriptor;

/* A deadline in the current CPU's time-out heap (ipc/timer.c). */
struct timeout {
	struct heap_node node;
	void (*expired)(struct timeout *timeout);
	struct cpu *cpu; /* whose heap it is in */
};

enum thread_mode { MODE_NATIVE = 0, MODE_GUEST = 1 };

enum wait_kind {
	WAIT_NONE = 0,
	WAIT_CALL_QUEUED, /* ipc_call, not yet received: in endpoint->callers */
	WAIT_REPLY,       /* ipc_call, received: `server` serves it */
	WAIT_RECEIVE,     /* in endpoint->receivers and notification->waiter, with a deadline */
	WAIT_WORD,        /* word_wait: in a hash queue */
	/* The memory system's own: the access or call is retried when woken. */
	WAIT_PAGE,   /* a page of a paged object */
	WAIT_MEMORY, /* frames */
	WAIT_SPACE,  /* an address space that another thread's call holds */
};

struct thread {
	struct trap_frame frame; /* O; first, its end is what RSP0 points to */
	struct object object;
	uint64_t cause;  /* O; when the guest was left for whom it works (abi/events.h), 0: for none */
	uint32_t called; /* O; number of the call that its guest was left for, ~0: for none */
	enum thread_state_code state;     /* L */
	enum thread_mode mode;            /* O */
	struct domain *domain;            /* I */
	struct list_node domain_link;     /* L */
	struct list_node record_link;     /* L; in the table of records in use */
	struct aspace *guest_aspace;      /* L; referenced; thread_set_guest_space */
	uint64_t guest_root, native_root; /* L; of the page tables of the guest and the domain */
	uint64_t exit_entry;              /* L; the same as domain->entry */
	struct guest_record *record; /* I; kernel address of the pinned record, NULL without THREAD_GUEST */
	struct frame *record_frame;  /* I */
	uaddr_t record_address;      /* I */
	struct message_page *message_page;      /* I; kernel address of the pinned page or NULL */
	struct frame *message_frame;            /* I */
	uint64_t stack_top;                     /* I; where guest exits start native code */
	uint64_t native_fs, guest_fs, guest_gs; /* O */
	void *guest_fpu, *native_fpu;           /* I; images, native only with THREAD_FPU */

	/* Scheduling (thread/schedule.c), L */
	struct list_node run_link;  /* in its level's queue */
	struct heap_node fair_node; /* in the fair level's heap, by virtual time */
	struct thread_schedule schedule;
	uint8_t queued_level;
	uint64_t virtual_time;
	uint64_t slice_end_ns, charged_at_ns;
	uint64_t user_time_ns, total_time_ns, switches[2];
	uint64_t counted_ns; /* of its native time, in its domain's status */
	struct cpu *cpu;     /* whose queue it is in, or was last */

	/* Waiting, L */
	enum wait_kind wait;
	struct list_node wait_link;   /* in the queue of what it waits for */
	struct list_node notify_link; /* WAIT_RECEIVE: in the notification's waiters */
	struct timeout timeout;       /* armed while it waits with a deadline */
	uint64_t wait_key[2];
	uint32_t wait_bitset;
	bool interruptible, killable;
	bool restart; /* dispatch the call in the frame again when it runs */
	struct aspace
		*held; /* referenced; the space that its call holds until it is done (aspace_hold) ... */
	struct aspace *fork;        /* ... and the copy that it makes of it */
	uint64_t progress;          /* of a call that will be restarted; 0 for a fresh call */
	uint64_t place;             /* where such a call has mapped what it goes on with; 0: nowhere yet */
	uint8_t kicked;             /* latched KICK_* bits; cleared by the wait or exit they end */
	const struct route *parked; /* the guest waits in the call that this row answers; NULL: it does not */
	uint64_t parked_deadline;   /* of that wait */
	struct descriptor *parked_in; /* the call is inside of it; NULL: of none */
	uint64_t failed_page
		[2]; /* object id and page whose pager answered with an error while this thread waited */

	/* Messages, L */
	struct thread *serving;              /* caller whose reply right this thread holds */
	struct thread *server;               /* thread that serves our call (WAIT_REPLY) */
	uint64_t message_tag, message_badge; /* of our call; its words stay in the frame */

	/* Debug registers of the guest, O */
	uint64_t dr[4], dr7;
};

/* The scheduler's queues and the tables of words and records, empty: before any thread. */
void thread_init(void);
/* A thread as the request says, NEW, with one reference for the caller. Errors as thread_create (abi/calls.h);
   PENDING when pinning had to wait. `creator`: for THREAD_COPY_FPU, may be NULL. */
struct thread *thread_create(struct domain *domain, const struct thread_request *request,
			     struct thread *creator, status_code_t *status);
void thread_destroy(struct object *object);
void thread_start(struct thread *thread);
/* It leaves every queue; its caller and it if it calls are told RESTART; pins go. The frame is not touched again. */
void thread_end(struct thread *thread);

/* The guest runs in this space (may be NULL) from its next entry on; takes a reference. */
void thread_set_guest_space(struct thread *thread, struct aspace *space);

/* Make a waiting thread ready with a result in rax and rdx; a parked guest with its row's word for the status. */
void thread_wake(struct thread *thread, int64_t status, uint64_t value);
/* Make a waiting thread ready whose frame has its result already; it is switched to directly when the current one
   blocks in the same kernel entry. */
void thread_wake_answered(struct thread *thread);
/* Make a waiting thread ready so that it runs its call (or faulting instruction) again. */
void thread_wake_restart(struct thread *thread);
/* The current thread waits: the caller has queued it, and set interruptible and killable unless the memory system is
   what it waits for (a kill always ends that, except under a fault of native code). `restart` says how it goes on. A
   kick latched before may have ended the wait when this returns; the caller returns without touching the frame. */
void thread_block(struct thread *thread, enum wait_kind kind, uint64_t deadline_ns, bool restart);
/* The current thread found no memory. PENDING: it tries again, since clean pages were evicted, or it waits until some comes
   free, and those its domain names were told;
   NO_MEMORY: nobody is there to make room. */
status_t thread_wait_memory(void);
bool thread_may_wait_memory(void);
/* Frames, or room in an account: who waits for memory tries again. */
void thread_memory_freed(void);
/* A latched kick will end a wait with the thread's interruptible and killable flags at once. */
static inline bool thread_wait_ended(const struct thread *thread)
{
	return (thread->killable && (thread->kicked & KICK_KILL)) ||
	       (thread->interruptible && thread->kicked);
}
/* Latch KICK_* bits; end the thread's wait, or stop its guest, if they may. */
void thread_kick(struct thread *thread, uint8_t kick);

/* The thread leaves all waits and the scheduler; who waits for its reply is told RESTART. */
void thread_leave_queues(struct thread *thread);

/* The queues behind word_wait, word_wake and word_requeue; keys come from aspace_word. (wait.c) */
void word_init(void);
/* Queue a thread that is about to block with WAIT_WORD. */
void word_enqueue(struct thread *thread, const uint64_t key[2], uint32_t bitset);
/* Wake at most `count` waiters whose bitset meets, oldest first; answers how many. */
uint32_t word_wake(const uint64_t key[2], uint32_t count, uint32_t bitset);
/* Move at most `count` waiters to the end of another word's queue; answers how many. */
uint32_t word_requeue(const uint64_t from[2], const uint64_t to[2], uint32_t count);

/* Guest mode ends: registers to the record, native code entered at the domain's exit entry. */
void guest_exit(struct thread *thread, enum guest_exit reason);
/* Its parts, for an exit that needs no frame: mode and registers; what the record says besides. */
void guest_leave(struct thread *thread, enum guest_exit reason);
void guest_publish(const struct thread *thread, enum guest_exit reason);
/* The running guest is about to wait in the call that the row answers (thread_block comes next); its registers are in
   the record meanwhile. guest_unpark: it waits no longer. */
void guest_park(struct thread *thread, const struct route *row, uint64_t deadline_ns);
void guest_unpark(struct thread *thread);

/*
 * The scheduler (schedule.c): which thread runs next on a CPU, and who is charged for the time.
 *
 * 128 levels, the highest ready one runs. A thread's level is its guest level in guest mode and its native level in
 * native code, so code of servers is never preempted by a guest. Level 1 is shared by weighted virtual time with
 * credit for sleepers; the others are queues, with a time slice where the thread has one (native code always has).
 *
 * Invariant: a READY thread is in exactly one place: its level's queue, the fair heap, or a CPU's direct slot.
 */
void schedule_init(void);
/* Make a thread READY; `direct`: it is to run at once when the current thread blocks in this kernel entry. */
void schedule_ready(struct thread *thread, bool direct);
/* The running thread stops running: WAITING. */
void schedule_block(struct thread *thread);
/* Off the CPU and out of the queues, whatever its state. */
void schedule_remove(struct thread *thread);
/* The thread to run on this CPU now, RUNNING, its slice begun; NULL: none. */
struct thread *schedule_next(struct cpu *cpu);
/* When the clock must interrupt the running thread for another of its level; DEADLINE_NEVER: need not. */
uint64_t schedule_slice_end(struct cpu *cpu);
/* The clock rang: has the running thread used its slice up? */
void schedule_tick(uint64_t now_ns);
/* The running thread changes to guest or to native mode: charge it, and see whether others come first now. */
void schedule_enter_guest(struct thread *thread);
void schedule_leave_guest(struct thread *thread);
/* The running thread lets others of its level go first, in native code and in its guest. */
void schedule_yield(struct thread *thread);
/* Do the levels exist? */
bool schedule_valid(const struct thread_schedule *schedule);
/* Takes effect at once; a weight of 0 means 1024. */
void schedule_set(struct thread *thread, const struct thread_schedule *schedule);
/* Time up to now goes to the running thread. Answers now. */
uint64_t schedule_charge(struct thread *thread);

/* The guest boundary and who owns the FPU registers. (guest.c) */
/* Continue in guest mode with the record's registers, or leave at once with EXIT_KICK when a kick is latched. INVALID:
   no record, space or exit entry, or registers that user code may not have. */
status_t guest_enter(struct thread *thread);
/* Its parts, for an entry without kicks: all but the general registers is checked and in the frame, the mode changed; then
   these too. */
status_t guest_prepare(struct thread *thread);
void guest_load_registers(struct thread *thread);
/* The exception in the frame of the running thread: resolved, or the guest's exit, or the domain's end. (entry.c) */
void thread_exception(struct thread *thread);
/* EXIT_FAULT or EXIT_DEBUG for the exception in the frame. */
void guest_fault(struct thread *thread, uint64_t fault_address, uint32_t fault_reason);
/* Native code afresh, at the domain's exit entry: record and reason, on the empty stack. */
void native_start_at_exit_entry(struct thread *thread, enum guest_exit reason);
/* Native code afresh: all registers 0 but the stack and two arguments. */
void native_start(struct thread *thread, uint64_t entry, uint64_t first, uint64_t second);

/* A thread's FPU image, up to date in memory; the registers may still hold it. */
void *fpu_guest_image(struct thread *thread);
/* The guest's image in memory is what counts from now on. */
void fpu_forget_guest(struct thread *thread);
/* The thread ends: the registers hold nothing of it. */
void fpu_forget(struct thread *thread);
/* #NM: give the registers to the thread's present mode. False: its native code may not use the FPU. */
bool fpu_take(struct thread *thread);

#endif
