/* SPDX-License-Identifier: MIT */
/*
 * Credentials: who a thread acts as. Contents never change once published: a thread replaces its pointer.
 *
 * A thread reads its own through self->credentials without a lock; another thread's are read under its process's lock.
 * Capability sets are bit masks: bit n is capability n. The transitions are pure functions, tested on the host.
 */
#ifndef LICHEN_PERSONALITY_CREDENTIALS_H
#define LICHEN_PERSONALITY_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>
#include "linux_abi/capability.h"

struct thread;
struct user;

#define CAPABILITY_BIT(number) (1ull << (number))
#define CAPABILITIES_ALL (CAPABILITY_BIT(LINUX_CAP_LAST + 1) - 1)
#define GROUPS_MAX 65536u

/* Supplementary groups, sorted, shared by copies of credentials. */
struct group_list {
	uint32_t references; /* A */
	uint32_t count;
	uint32_t ids[];
};

/* Zeroed, one reference, ids to be filled in ascending order. NULL without memory. */
struct group_list *group_list_create(uint32_t count);
void group_list_put(struct group_list *groups);

/* Users and groups have the same four. */
struct identity {
	uint32_t real, effective, saved, file;
};

struct credentials {
	uint32_t references; /* A */
	union {
		struct identity user_ids;
		struct {
			uint32_t uid, euid, suid, fsuid;
		};
	};
	union {
		struct identity group_ids;
		struct {
			uint32_t gid, egid, sgid, fsgid;
		};
	};
	uint32_t securebits;
	uint64_t permitted, effective, inheritable, bounding, ambient;
	struct group_list *groups; /* NULL: none */
	struct user *user;         /* of uid: what RLIMIT_NPROC and RLIMIT_SIGPENDING count */
};

void credentials_get(struct credentials *credentials);
void credentials_put(struct credentials *credentials);
/* A private copy to change and then publish; NULL without memory. */
struct credentials *credentials_copy(const struct credentials *credentials);
/* Publish; drops the old. */
void credentials_publish(struct thread *self, struct credentials *fresh);
/* Publish after a change of ids: changed ids set the process undumpable and clear the parent death signal, as Linux does. */
void credentials_replace(struct thread *self, struct credentials *fresh);
/* The first process's: root with everything. */
struct credentials *credentials_create_root(void);
/* Another thread's, referenced. */
struct credentials *credentials_of(struct thread *thread);

/* Is the group the fsgid or one of the supplementary groups; the same for egid. */
bool credentials_in_group(const struct credentials *credentials, uint32_t group);
bool credentials_in_egroup(const struct credentials *credentials, uint32_t group);
static inline bool credentials_capable(const struct credentials *credentials, uint32_t capability)
{
	return credentials->effective & CAPABILITY_BIT(capability);
}
bool thread_capable(const struct thread *self, uint32_t capability);

/* Capability changes that follow a change of user ids (capabilities(7), "Effect of user ID changes"). */
void credentials_fix_setuid(struct credentials *fresh, const struct credentials *old);
void credentials_fix_setfsuid(struct credentials *fresh, const struct credentials *old);

/* What exec makes of credentials: file ids (setuid, setgid bits already filtered by mount and no_new_privs). */
struct exec_identity {
	bool set_user, set_group;
	uint32_t user, group;
	bool secure; /* filled: AT_SECURE */
};
void credentials_fix_exec(struct credentials *fresh, const struct credentials *old,
			  struct exec_identity *identity);

/* Per-user counts; user_find references. */
struct user {
	uint32_t uid;
	uint32_t references; /* user table lock */
	uint32_t processes;  /* A; threads, as RLIMIT_NPROC counts */
	uint32_t signals;    /* A; queued */
	struct user *next;
};
struct user *user_find(uint32_t uid);
void user_get(struct user *user);
void user_put(struct user *user);

#endif
