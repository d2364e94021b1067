/* SPDX-License-Identifier: MIT */
/*
 * What happens to capabilities when ids change and at exec: capabilities(7). Pure functions on credentials.
 */
#include "process/credentials.h"

#define CAPABILITIES_FILE_SYSTEM                                                                             \
	(CAPABILITY_BIT(LINUX_CAP_CHOWN) | CAPABILITY_BIT(LINUX_CAP_MKNOD) |                                 \
	 CAPABILITY_BIT(LINUX_CAP_DAC_OVERRIDE) | CAPABILITY_BIT(LINUX_CAP_DAC_READ_SEARCH) |                \
	 CAPABILITY_BIT(LINUX_CAP_FOWNER) | CAPABILITY_BIT(LINUX_CAP_FSETID) |                               \
	 CAPABILITY_BIT(LINUX_CAP_LINUX_IMMUTABLE) | CAPABILITY_BIT(LINUX_CAP_MAC_OVERRIDE))

static bool group_listed(const struct group_list *groups, uint32_t group)
{
	uint32_t low = 0, high = groups ? groups->count : 0;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (groups->ids[middle] == group)
			return true;
		if (groups->ids[middle] < group)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

bool credentials_in_group(const struct credentials *credentials, uint32_t group)
{
	return credentials->fsgid == group || group_listed(credentials->groups, group);
}

bool credentials_in_egroup(const struct credentials *credentials, uint32_t group)
{
	return credentials->egid == group || group_listed(credentials->groups, group);
}

static bool has_root(const struct credentials *credentials)
{
	return !credentials->uid || !credentials->euid || !credentials->suid;
}

void credentials_fix_setuid(struct credentials *fresh, const struct credentials *old)
{
	if (old->securebits & LINUX_SECBIT_NO_SETUID_FIXUP)
		return;
	if (has_root(old) && !has_root(fresh)) {
		if (!(old->securebits & LINUX_SECBIT_KEEP_CAPS))
			fresh->permitted = fresh->effective = 0;
		fresh->ambient = 0;
	}
	if (!old->euid && fresh->euid)
		fresh->effective = 0;
	if (old->euid && !fresh->euid)
		fresh->effective = fresh->permitted;
}

void credentials_fix_setfsuid(struct credentials *fresh, const struct credentials *old)
{
	if (old->securebits & LINUX_SECBIT_NO_SETUID_FIXUP)
		return;
	if (!old->fsuid && fresh->fsuid)
		fresh->effective &= ~CAPABILITIES_FILE_SYSTEM;
	if (old->fsuid && !fresh->fsuid)
		fresh->effective |= fresh->permitted & CAPABILITIES_FILE_SYSTEM;
}

void credentials_fix_exec(struct credentials *fresh, const struct credentials *old,
			  struct exec_identity *identity)
{
	bool effective = false, changed;
	if (identity->set_user)
		fresh->euid = identity->user;
	if (identity->set_group)
		fresh->egid = identity->group;
	fresh->permitted = 0;
	if (!(old->securebits & LINUX_SECBIT_NOROOT) && (!fresh->euid || !fresh->uid)) {
		fresh->permitted = old->bounding | old->inheritable;
		effective = !fresh->euid;
	}
	changed = fresh->euid != old->uid || fresh->egid != old->gid;
	fresh->suid = fresh->fsuid = fresh->euid;
	fresh->sgid = fresh->fsgid = fresh->egid;
	if (changed)
		fresh->ambient = 0;
	fresh->permitted |= fresh->ambient;
	fresh->effective = effective ? fresh->permitted : fresh->ambient;
	fresh->securebits &= ~LINUX_SECBIT_KEEP_CAPS;
	identity->secure = changed || (fresh->uid && (effective || (fresh->permitted & ~fresh->ambient)));
}
