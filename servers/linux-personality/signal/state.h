/* SPDX-License-Identifier: MIT */
/*
 * The signal state of threads and processes, for signal/ and process/ alone. P: process->lock is held.
 */
#ifndef LICHEN_PERSONALITY_SIGNAL_STATE_H
#define LICHEN_PERSONALITY_SIGNAL_STATE_H

#include "process/process.h"
#include "signal/queue.h"

struct credentials;

/* What is pending for the thread and its process, where routes look: after each change of a queue. P. */
void signal_publish_pending(struct thread *thread);
/* Recompute signal_work of a thread; publishes too. P. */
void signal_update_work(struct thread *thread);
/* signal_update_work, and kick the thread if there is work. P. */
void signal_notify_thread(struct thread *thread);
/* Change the calling thread's mask and retarget process signals that it no longer takes; takes P itself. */
void signal_set_blocked(struct thread *self, sigset_bits mask);

/* Take the next signal outside `blocked` from the thread's or its process's queue: number or 0, info filled. P. */
int signal_dequeue(struct thread *self, sigset_bits blocked, struct linux_siginfo *info);
/* Queue without choosing or waking anybody: 0 queued, 1 merged with a pending one, -EAGAIN. P. */
int signal_enqueue(struct process *process, struct signal_queue *queue, int number,
		   const struct linux_siginfo *info);
void signal_free_entries(struct queued_signal *list);
/* Empty all queues of a set, the process's and its threads'. P. */
void signal_flush_process(struct process *process, sigset_bits set);
/* Wake the thread that should handle what is newly pending for the process. P. */
void signal_choose_thread(struct process *process, int number, struct thread *preferred);

/* Begin the end of a process: each thread is told; the first status counts. P. */
void signal_begin_group_exit(struct process *process, uint32_t status);
/* A stop signal's default action: begin a group stop, or join one. Answers with P released. */
void signal_join_stop(struct thread *self);
void signal_begin_stop(struct thread *self, int number);
/* SIGCONT or SIGKILL: whoever is stopped goes on. P. */
void signal_continue(struct process *process);
/* Tell the parent what notify_code says, if it is set; nothing held. */
void signal_report_to_parent(struct thread *self);

/* The thread's table is where routes find it: after each change of thread->sighand. */
void sighand_publish(struct thread *thread);
struct sighand *sighand_create(void);
struct sighand *sighand_copy(struct sighand *sighand, bool clear_handlers);
void sighand_get(struct sighand *sighand);
void sighand_put(struct sighand *sighand);
struct disposition sighand_action(struct sighand *sighand, int number);
/* exec: caught signals to default, ignored ones stay; flags and masks go. */
void sighand_reset_for_exec(struct sighand *sighand);

/* May the caller signal that process (kill(2))? SIGCONT within a session is always allowed. */
int signal_permission(struct thread *self, struct process *target, int number);
/* siginfo of a signal sent by this thread with kill or tkill. */
struct linux_siginfo siginfo_from_sender(struct thread *self, int number, int code);

/* A signal that is to run a handler; false: none. Default actions happen inside (ends, stops). */
struct delivery {
	int number;
	struct disposition action;
	uint64_t image; /* of who installed it */
	struct linux_siginfo info;
};
bool signal_next_delivery(struct thread *self, struct delivery *delivery);
/* Build the frame and point the registers at the handler. 0, or -EFAULT: the stack is no good. */
int signal_push_frame(struct thread *self, const struct delivery *delivery);
/* The guest stopped with an exception: turn it into a signal. */
void signal_from_exception(struct thread *self);

/* restart.c: what becomes of a call's result when signals were looked at. */
enum restart_action { RESTART_KEEP = 0, RESTART_EINTR, RESTART_AGAIN, RESTART_THROUGH_BLOCK };
enum restart_action restart_decide(int64_t result, bool has_handler, uint64_t action_flags);
void restart_apply(struct thread *self, enum restart_action action);

#endif
