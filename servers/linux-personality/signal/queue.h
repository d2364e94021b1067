/* SPDX-License-Identifier: MIT */
/*
 * Signal queues: pure list work, no locks (the owner's process lock is held), tested on the host.
 *
 * `set` says which signals are pending; an entry carries what is known beyond the number. A signal may be pending without an
 * entry, when there was no memory for one: it is then as if sent by nobody.
 */
#ifndef LICHEN_PERSONALITY_SIGNAL_QUEUE_H
#define LICHEN_PERSONALITY_SIGNAL_QUEUE_H

#include "linux_abi/signal.h"
#include "signal/signal.h"

#define SIGNALS_UNBLOCKABLE (SIGNAL_BIT(LINUX_SIGKILL) | SIGNAL_BIT(LINUX_SIGSTOP))
#define SIGNALS_STOP                                                                                         \
	(SIGNAL_BIT(LINUX_SIGSTOP) | SIGNAL_BIT(LINUX_SIGTSTP) | SIGNAL_BIT(LINUX_SIGTTIN) |                 \
	 SIGNAL_BIT(LINUX_SIGTTOU))
#define SIGNALS_SYNCHRONOUS                                                                                  \
	(SIGNAL_BIT(LINUX_SIGSEGV) | SIGNAL_BIT(LINUX_SIGBUS) | SIGNAL_BIT(LINUX_SIGILL) |                   \
	 SIGNAL_BIT(LINUX_SIGTRAP) | SIGNAL_BIT(LINUX_SIGFPE) | SIGNAL_BIT(LINUX_SIGSYS))
#define SIGNALS_CORE                                                                                         \
	(SIGNAL_BIT(LINUX_SIGQUIT) | SIGNAL_BIT(LINUX_SIGILL) | SIGNAL_BIT(LINUX_SIGTRAP) |                  \
	 SIGNAL_BIT(LINUX_SIGABRT) | SIGNAL_BIT(LINUX_SIGFPE) | SIGNAL_BIT(LINUX_SIGSEGV) |                  \
	 SIGNAL_BIT(LINUX_SIGBUS) | SIGNAL_BIT(LINUX_SIGSYS) | SIGNAL_BIT(LINUX_SIGXCPU) |                   \
	 SIGNAL_BIT(LINUX_SIGXFSZ))
#define SIGNALS_DEFAULT_IGNORED                                                                              \
	(SIGNAL_BIT(LINUX_SIGCONT) | SIGNAL_BIT(LINUX_SIGCHLD) | SIGNAL_BIT(LINUX_SIGWINCH) |                \
	 SIGNAL_BIT(LINUX_SIGURG))

static inline bool signal_valid(int number)
{
	return number >= 1 && number <= SIGNAL_COUNT;
}

/* Default action is to end the process. */
static inline bool signal_default_fatal(int number)
{
	return !(SIGNAL_BIT(number) & (SIGNALS_DEFAULT_IGNORED | SIGNALS_STOP));
}

void signal_queue_add(struct signal_queue *queue, struct queued_signal *entry);
/* The signal to take next among `set` (queue's members): synchronous ones first, then the lowest number; 0: none. */
int signal_queue_next(sigset_bits set);
/* Take one occurrence of a pending signal: its entry (now the caller's), or NULL when it had none. */
struct queued_signal *signal_queue_take(struct signal_queue *queue, int number);
/* Remove all of a set; answers the list of entries, linked by next, for the caller to free. */
struct queued_signal *signal_queue_flush(struct signal_queue *queue, sigset_bits set);

#endif
