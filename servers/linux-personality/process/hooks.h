/* SPDX-License-Identifier: MIT */
/*
 * What other folders do when a process forks, execs or ends. Each is defined in the folder named; one that is not linked in is
 * skipped. No lock is held unless said.
 */
#ifndef LICHEN_PERSONALITY_HOOKS_H
#define LICHEN_PERSONALITY_HOOKS_H

#include <stdint.h>

struct process;
struct session;
struct uts_namespace;

#define HOOK __attribute__((weak))

/* time/: the process ends (all timers go) or execs (timer_create's go, interval timers stay). */
HOOK void posix_timers_exit(struct process *process);
HOOK void posix_timers_exec(struct process *process);
/* time/: RLIMIT_CPU changed. */
HOOK void posix_timers_limit_changed(struct process *process);
/* system/: names of the system, shared until unshared. */
HOOK void uts_namespace_get(struct uts_namespace *space);
HOOK void uts_namespace_put(struct uts_namespace *space);
HOOK struct uts_namespace *uts_namespace_copy(struct uts_namespace *space);
/* tty/: the session's leader ended; its terminal forgets the session. process_tree_lock is held. */
HOOK void tty_session_ended(struct session *session);
/* file/: record locks and leases that belong to the process. */
HOOK void file_locks_exit(struct process *process);
/* system/: SysV semaphore undo. */
HOOK void semaphore_undo_exit(struct process *process);
/* system/: a space was left; what was mapped in it may be unused now. */
HOOK void shared_memory_collect(void);

#endif
