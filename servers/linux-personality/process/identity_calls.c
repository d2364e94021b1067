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

int64_t sys_setuid(struct thread *self, uint32_t user)
{
	struct credentials *fresh = user == KEEP ? NULL : credentials_copy(self->credentials);
	if (!fresh)
		return user == KEEP ? -EINVAL : -ENOMEM;
	if (thread_capable(self, LINUX_CAP_SETUID)) {
		fresh->uid = fresh->suid = user;
	} else if (user != fresh->uid && user != fresh->suid) {
		credentials_put(fresh);
		return -EPERM;
	}
	fresh->euid = fresh->fsuid = user;
	return publish_user(self, fresh);
}

int64_t sys_setreuid(struct thread *self, uint32_t real, uint32_t effective)
{
	const struct credentials *old = self->credentials;
	bool capable = thread_capable(self, LINUX_CAP_SETUID);
	struct credentials *fresh;
	if (!capable && ((real != KEEP && real != old->uid && real != old->euid) ||
			 (effective != KEEP && effective != old->uid && effective != old->euid &&
			  effective != old->suid)))
		return -EPERM;
	fresh = credentials_copy(old);
	if (!fresh)
		return -ENOMEM;
	if (real != KEEP)
		fresh->uid = real;
	if (effective != KEEP)
		fresh->euid = effective;
	if (real != KEEP || (effective != KEEP && effective != old->uid))
		fresh->suid = fresh->euid;
	fresh->fsuid = fresh->euid;
	return publish_user(self, fresh);
}

static bool has_user(const struct credentials *old, uint32_t id)
{
	return id == KEEP || id == old->uid || id == old->euid || id == old->suid;
}

static bool has_group(const struct credentials *old, uint32_t id)
{
	return id == KEEP || id == old->gid || id == old->egid || id == old->sgid;
}

int64_t sys_setresuid(struct thread *self, uint32_t real, uint32_t effective, uint32_t saved)
{
	const struct credentials *old = self->credentials;
	struct credentials *fresh;
	if (!thread_capable(self, LINUX_CAP_SETUID) &&
	    !(has_user(old, real) && has_user(old, effective) && has_user(old, saved)))
		return -EPERM;
	fresh = credentials_copy(old);
	if (!fresh)
		return -ENOMEM;
	if (real != KEEP)
		fresh->uid = real;
	if (effective != KEEP)
		fresh->euid = effective;
	if (saved != KEEP)
		fresh->suid = saved;
	fresh->fsuid = fresh->euid;
	return publish_user(self, fresh);
}

int64_t sys_setgid(struct thread *self, uint32_t group)
{
	struct credentials *fresh = group == KEEP ? NULL : credentials_copy(self->credentials);
	if (!fresh)
		return group == KEEP ? -EINVAL : -ENOMEM;
	if (thread_capable(self, LINUX_CAP_SETGID)) {
		fresh->gid = fresh->sgid = group;
	} else if (group != fresh->gid && group != fresh->sgid) {
		credentials_put(fresh);
		return -EPERM;
	}
	fresh->egid = fresh->fsgid = group;
	credentials_replace(self, fresh);
	return 0;
}

int64_t sys_setregid(struct thread *self, uint32_t real, uint32_t effective)
{
	const struct credentials *old = self->credentials;
	bool capable = thread_capable(self, LINUX_CAP_SETGID);
	struct credentials *fresh;
	if (!capable && ((real != KEEP && real != old->gid && real != old->egid) ||
			 (effective != KEEP && effective != old->gid && effective != old->egid &&
			  effective != old->sgid)))
		return -EPERM;
	fresh = credentials_copy(old);
	if (!fresh)
		return -ENOMEM;
	if (real != KEEP)
		fresh->gid = real;
	if (effective != KEEP)
		fresh->egid = effective;
	if (real != KEEP || (effective != KEEP && effective != old->gid))
		fresh->sgid = fresh->egid;
	fresh->fsgid = fresh->egid;
	credentials_replace(self, fresh);
	return 0;
}

int64_t sys_setresgid(struct thread *self, uint32_t real, uint32_t effective, uint32_t saved)
{
	const struct credentials *old = self->credentials;
	struct credentials *fresh;
	if (!thread_capable(self, LINUX_CAP_SETGID) &&
	    !(has_group(old, real) && has_group(old, effective) && has_group(old, saved)))
		return -EPERM;
	fresh = credentials_copy(old);
	if (!fresh)
		return -ENOMEM;
	if (real != KEEP)
		fresh->gid = real;
	if (effective != KEEP)
		fresh->egid = effective;
	if (saved != KEEP)
		fresh->sgid = saved;
	fresh->fsgid = fresh->egid;
	credentials_replace(self, fresh);
	return 0;
}

/* The file system ids answer the old value whatever happens. */
int64_t sys_setfsuid(struct thread *self, uint32_t user)
{
	const struct credentials *old = self->credentials;
	uint32_t before = old->fsuid;
	bool allowed = user != KEEP &&
		       (has_user(old, user) || user == old->fsuid || thread_capable(self, LINUX_CAP_SETUID));
	struct credentials *fresh = allowed && user != before ? credentials_copy(old) : NULL;
	if (fresh) {
		fresh->fsuid = user;
		credentials_fix_setfsuid(fresh, old);
		credentials_replace(self, fresh);
	}
	return before;
}

int64_t sys_setfsgid(struct thread *self, uint32_t group)
{
	const struct credentials *old = self->credentials;
	uint32_t before = old->fsgid;
	bool allowed = group != KEEP && (has_group(old, group) || group == old->fsgid ||
					 thread_capable(self, LINUX_CAP_SETGID));
	struct credentials *fresh = allowed && group != before ? credentials_copy(old) : NULL;
	if (fresh) {
		fresh->fsgid = group;
		credentials_replace(self, fresh);
	}
	return before;
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
