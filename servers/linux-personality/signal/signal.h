/* SPDX-License-Identifier: MIT */
/*
 * Signals: sets, queues, dispositions, and the few functions other parts use to send and look at them.
 *
 * One encoding everywhere: bit n-1 is signal n, 64 signals. SIGKILL and SIGSTOP are stripped from every mask.
 */
#ifndef LICHEN_PERSONALITY_SIGNAL_H
#define LICHEN_PERSONALITY_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/route.h"
#include "abi/types.h"
#include "core/lock.h"

struct thread;
struct process;
struct process_group;
struct user;

typedef uint64_t sigset_bits;
#define SIGNAL_COUNT 64
#define SIGNAL_BIT(number) (1ull << ((number)-1))

/* Linux's siginfo_t as it lies in guest memory (128 bytes); fields by use. */
struct linux_siginfo {
	int32_t number, error, code, padding;
	union {
		struct {
			int32_t pid;
			uint32_t uid;
			uint64_t value;
		} sender; /* kill, queue */
		struct {
			int32_t timer_id;
			int32_t overrun;
			uint64_t value;
			int32_t private_value;
		} timer;
		struct {
			int32_t pid;
			uint32_t uid;
			int32_t status;
			int32_t padding;
			int64_t user, system;
		} child;
		struct {
			uint64_t address;
			int16_t lsb;
		} fault;
		struct {
			int64_t band;
			int32_t fd;
		} poll;
		struct {
			uint64_t call_address;
			int32_t call;
			uint32_t architecture;
		} sys;
		uint8_t bytes[112];
	} u;
};
_Static_assert(sizeof(struct linux_siginfo) == 128, "siginfo_t is 128 bytes");

struct queued_signal {
	struct queued_signal *next;
	struct linux_siginfo info;
	void *timer;       /* posix timer whose overrun is counted, or NULL */
	struct user *user; /* whose RLIMIT_SIGPENDING counts it; referenced */
};

struct signal_queue {
	sigset_bits set;
	struct queued_signal *first, *last;
};

struct altstack {
	gaddr_t base;
	uint64_t size;
	uint32_t flags;
};

struct disposition {
	uint64_t handler; /* 0 default, 1 ignore, else a guest address */
	uint64_t flags;
	uint64_t restorer;
	sigset_bits mask;
};

/* The handler that a thread was sent to last. */
struct handler_run {
	uint64_t handler, frame; /* guest addresses: it, and its frame on the stack */
	uint64_t time_ns;
	uint64_t image;   /* of its installer */
	int32_t number;   /* 0: none yet in this image */
	uint32_t running; /* rt_sigreturn has not ended it */
};

struct sighand {
	struct lock lock; /* RANK_TABLE; with what follows struct route_actions (abi/route.h) */
	struct disposition actions[SIGNAL_COUNT];
	struct route_installer installers[SIGNAL_COUNT]; /* who set each; meaningless where the default is */
	uint32_t references;                             /* A; CLONE_SIGHAND shares */
};

/* Send. 0, or -EAGAIN when a real-time queue is full. info NULL: as sent by the kernel. Caller holds no lock below
   RANK_TREE unless said. */
int signal_send_process(struct process *process, int number, const struct linux_siginfo *info);
int signal_send_thread(struct thread *thread, int number, const struct linux_siginfo *info);
/* To each member of a group; process_tree_lock held. */
int signal_send_group_locked(struct process_group *group, int number, const struct linux_siginfo *info);
/* A fault of this thread's own: blocked or ignored, it kills (Linux's force_sig). */
void signal_force(struct thread *self, int number, const struct linux_siginfo *info);

/* A signal to be handled (not blocked, not ignored) or a fatal one is there. */
bool signal_pending(struct thread *self);
bool signal_fatal_pending(struct thread *self);
/* Swap the mask for the duration of a call (ppoll, pselect, sigsuspend, epoll_pwait): the old one comes back after the handler. */
void signal_swap_mask(struct thread *self, sigset_bits mask);
/* The call ended without a signal: put the old mask back at once. */
void signal_restore_mask(struct thread *self);

#endif
