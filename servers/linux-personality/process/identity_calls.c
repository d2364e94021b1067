/* SPDX-License-Identifier: MIT */
/*
 * Calls that read and set user and group ids: setuid(2), setreuid(2), setresuid(2), setfsuid(2) and the group side.
 *
 * An id of -1 leaves the field. Without the capability each new id must be one the caller has already.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "process/credentials.h"
#include "process/process.h"

#define KEEP UINT32_MAX

int64_t sys_getuid(struct thread *self)
{
	return self->credentials->uid;
}

int64_t sys_geteuid(struct thread *self)
{
	return self->credentials->euid;
}

int64_t sys_getgid(struct thread *self)
{
	return self->credentials->gid;
}

int64_t sys_getegid(struct thread *self)
{
	return self->credentials->egid;
}

static int write_three(gaddr_t a, gaddr_t b, gaddr_t c, const uint32_t values[3])
{
	if (guest_write(a, &values[0], sizeof(values[0])) || guest_write(b, &values[1], sizeof(values[1])))
		return -EFAULT;
	return guest_write(c, &values[2], sizeof(values[2]));
}

int64_t sys_getresuid(struct thread *self, gaddr_t real, gaddr_t effective, gaddr_t saved)
{
	const struct credentials *mine = self->credentials;
	return write_three(real, effective, saved, (uint32_t[3]){ mine->uid, mine->euid, mine->suid });
}

int64_t sys_getresgid(struct thread *self, gaddr_t real, gaddr_t effective, gaddr_t saved)
{
	const struct credentials *mine = self->credentials;
	return write_three(real, effective, saved, (uint32_t[3]){ mine->gid, mine->egid, mine->sgid });
}

static int64_t publish_user(struct thread *self, struct credentials *fresh)
{
	credentials_fix_setuid(fresh, self->credentials);
	credentials_replace(self, fresh);
	return 0;
}

/* Users and groups follow the same rules, each with a capability that allows any id. */
enum identity_kind { IDENTITY_USER, IDENTITY_GROUP };

static struct identity *identity_of(struct credentials *credentials, enum identity_kind kind)
{
	return kind == IDENTITY_USER ? &credentials->user_ids : &credentials->group_ids;
}

static bool may_set_any(const struct thread *self, enum identity_kind kind)
{
	return thread_capable(self, kind == IDENTITY_USER ? LINUX_CAP_SETUID : LINUX_CAP_SETGID);
}

static bool identity_has(const struct identity *old, uint32_t id)
{
	return id == KEEP || id == old->real || id == old->effective || id == old->saved;
}

/* The caller's with other ids of one kind. */
static int64_t identity_replace(struct thread *self, enum identity_kind kind, const struct identity *ids)
{
	struct credentials *fresh = credentials_copy(self->credentials);
	if (!fresh)
		return -ENOMEM;
	*identity_of(fresh, kind) = *ids;
	if (kind == IDENTITY_USER)
		return publish_user(self, fresh);
	credentials_replace(self, fresh);
	return 0;
}

static int64_t set_one(struct thread *self, enum identity_kind kind, uint32_t id)
{
	struct identity ids = *identity_of(self->credentials, kind);
	if (id == KEEP)
		return -EINVAL;
	if (may_set_any(self, kind))
		ids.real = ids.saved = id;
	else if (id != ids.real && id != ids.saved)
		return -EPERM;
	ids.effective = ids.file = id;
	return identity_replace(self, kind, &ids);
}

static int64_t set_two(struct thread *self, enum identity_kind kind, uint32_t real, uint32_t effective)
{
	const struct identity old = *identity_of(self->credentials, kind);
	struct identity ids = old;
	bool real_known = real == KEEP || real == old.real || real == old.effective;
	if (!may_set_any(self, kind) && !(real_known && identity_has(&old, effective)))
		return -EPERM;
	if (real != KEEP)
		ids.real = real;
	if (effective != KEEP)
		ids.effective = effective;
	if (real != KEEP || (effective != KEEP && effective != old.real))
		ids.saved = ids.effective;
	ids.file = ids.effective;
	return identity_replace(self, kind, &ids);
}

static int64_t set_three(struct thread *self, enum identity_kind kind, const struct identity *wanted)
{
	const struct identity old = *identity_of(self->credentials, kind);
	struct identity ids = old;
	if (!may_set_any(self, kind) &&
	    !(identity_has(&old, wanted->real) && identity_has(&old, wanted->saved) &&
	      identity_has(&old, wanted->effective)))
		return -EPERM;
	if (wanted->real != KEEP)
		ids.real = wanted->real;
	if (wanted->effective != KEEP)
		ids.effective = wanted->effective;
	if (wanted->saved != KEEP)
		ids.saved = wanted->saved;
	ids.file = ids.effective;
	return identity_replace(self, kind, &ids);
}

/* The file system ids answer the old value whatever happens. */
static int64_t set_file(struct thread *self, enum identity_kind kind, uint32_t id)
{
	const struct credentials *old = self->credentials;
	const struct identity ids = *identity_of(self->credentials, kind);
	bool allowed = id != KEEP && (identity_has(&ids, id) || id == ids.file || may_set_any(self, kind));
	struct credentials *fresh = allowed && id != ids.file ? credentials_copy(old) : NULL;
	if (!fresh)
		return ids.file;
	identity_of(fresh, kind)->file = id;
	if (kind == IDENTITY_USER)
		credentials_fix_setfsuid(fresh, old);
	credentials_replace(self, fresh);
	return ids.file;
}

int64_t sys_setuid(struct thread *self, uint32_t user)
{
	return set_one(self, IDENTITY_USER, user);
}

int64_t sys_setgid(struct thread *self, uint32_t group)
{
	return set_one(self, IDENTITY_GROUP, group);
}

int64_t sys_setreuid(struct thread *self, uint32_t real, uint32_t effective)
{
	return set_two(self, IDENTITY_USER, real, effective);
}

int64_t sys_setregid(struct thread *self, uint32_t real, uint32_t effective)
{
	return set_two(self, IDENTITY_GROUP, real, effective);
}

int64_t sys_setresuid(struct thread *self, uint32_t real, uint32_t effective, uint32_t saved)
{
	return set_three(self, IDENTITY_USER,
			 &(struct identity){ .real = real, .effective = effective, .saved = saved });
}

int64_t sys_setresgid(struct thread *self, uint32_t real, uint32_t effective, uint32_t saved)
{
	return set_three(self, IDENTITY_GROUP,
			 &(struct identity){ .real = real, .effective = effective, .saved = saved });
}

int64_t sys_setfsuid(struct thread *self, uint32_t user)
{
	return set_file(self, IDENTITY_USER, user);
}

int64_t sys_setfsgid(struct thread *self, uint32_t group)
{
	return set_file(self, IDENTITY_GROUP, group);
}

int64_t sys_getgroups(struct thread *self, int32_t count, gaddr_t groups)
{
	const struct group_list *list = self->credentials->groups;
	uint32_t have = list ? list->count : 0;
	if (count < 0)
		return -EINVAL;
	if (!count)
		return have;
	if ((uint32_t)count < have)
		return -EINVAL;
	if (have && guest_write(groups, list->ids, have * sizeof(uint32_t)))
		return -EFAULT;
	return have;
}

static void sort_ids(uint32_t *ids, uint32_t count)
{
	for (uint32_t gap = count / 2; gap; gap /= 2)
		for (uint32_t i = gap; i < count; i++) {
			uint32_t id = ids[i], at = i;
			for (; at >= gap && ids[at - gap] > id; at -= gap)
				ids[at] = ids[at - gap];
			ids[at] = id;
		}
}

int64_t sys_setgroups(struct thread *self, int32_t count, gaddr_t groups)
{
	if (!thread_capable(self, LINUX_CAP_SETGID))
		return -EPERM;
	if (count < 0 || (uint32_t)count > GROUPS_MAX)
		return -EINVAL;
	struct group_list *list = group_list_create((uint32_t)count);
	struct credentials *fresh = credentials_copy(self->credentials);
	int error = list && fresh ? 0 : -ENOMEM;
	if (!error)
		error = guest_read(list->ids, groups, (uint64_t)count * sizeof(uint32_t));
	if (error) {
		group_list_put(list);
		if (fresh)
			credentials_put(fresh);
		return error;
	}
	sort_ids(list->ids, list->count);
	group_list_put(fresh->groups);
	fresh->groups = list;
	credentials_replace(self, fresh);
	return 0;
}
