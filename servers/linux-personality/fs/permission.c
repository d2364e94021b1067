/* SPDX-License-Identifier: MIT */
/*
 * File permissions: mode bits against fs ids (or the real ids for access(2)), and the capabilities that override them.
 * Source: path_resolution(7), capabilities(7), access(2).
 */
#include "core/errno.h"
#include "fs/owner.h"
#include "fs/walk.h"
#include "process/credentials.h"
#include "process/process.h"

struct actor {
	uint32_t user;
	bool in_group;
	uint64_t capabilities;
};

static bool actor_capable(const struct actor *actor, uint32_t capability)
{
	return actor->capabilities & CAPABILITY_BIT(capability);
}

static int actor_check(const struct actor *actor, const struct inode *inode, uint32_t want)
{
	uint32_t mode = inode->attributes.mode;
	uint32_t granted = mode;
	bool is_directory = inode_type(inode) == LINUX_S_IFDIR;
	if (actor->user == inode->attributes.user)
		granted = mode >> 6;
	else if (actor->in_group)
		granted = mode >> 3;
	if ((granted & want) == want)
		return 0;
	if (actor_capable(actor, LINUX_CAP_DAC_OVERRIDE) &&
	    (is_directory || !(want & LINUX_X_OK) || mode & 0111))
		return 0;
	if (actor_capable(actor, LINUX_CAP_DAC_READ_SEARCH) &&
	    (want == LINUX_R_OK || (is_directory && !(want & LINUX_W_OK))))
		return 0;
	return -EACCES;
}

int permission_check(struct thread *self, const struct inode *inode, uint32_t want)
{
	const struct credentials *credentials = self->credentials;
	struct actor actor = { credentials->fsuid, credentials_in_group(credentials, inode->attributes.group),
			       credentials->effective };
	int error = actor_check(&actor, inode, want);
	if (error && inode->super && inode_provider(inode)->permits &&
	    inode_provider(inode)->permits(self, inode))
		return 0;
	return error;
}

struct credentials *permission_real_credentials(struct thread *self)
{
	struct credentials *real = credentials_copy(self->credentials);
	if (!real)
		return NULL;
	real->fsuid = real->uid;
	real->fsgid = real->gid;
	if (!(real->securebits & LINUX_SECBIT_NO_SETUID_FIXUP))
		real->effective = real->uid == 0 ? real->permitted : 0;
	return real;
}

bool permission_owner(struct thread *self, const struct inode *inode)
{
	return self->credentials->fsuid == inode->attributes.user || thread_capable(self, LINUX_CAP_FOWNER);
}

int permission_remove(struct thread *self, const struct inode *directory, const struct inode *victim)
{
	int error = permission_check(self, directory, LINUX_W_OK | LINUX_X_OK);
	if (error)
		return error;
	if (directory->attributes.mode & LINUX_S_ISVTX &&
	    self->credentials->fsuid != victim->attributes.user &&
	    self->credentials->fsuid != directory->attributes.user && !thread_capable(self, LINUX_CAP_FOWNER))
		return -EPERM;
	return 0;
}

void owner_of_new(struct thread *self, const struct inode *directory, uint32_t *mode, uint32_t *user,
		  uint32_t *group)
{
	*user = self->credentials->fsuid;
	*group = self->credentials->fsgid;
	if (directory->attributes.mode & LINUX_S_ISGID) {
		*group = directory->attributes.group;
		if ((*mode & LINUX_S_IFMT) == LINUX_S_IFDIR)
			*mode |= LINUX_S_ISGID;
		else if ((*mode & (LINUX_S_ISGID | 0010)) == (LINUX_S_ISGID | 0010) &&
			 !credentials_in_group(self->credentials, *group) &&
			 !thread_capable(self, LINUX_CAP_FSETID))
			*mode &= ~LINUX_S_ISGID;
	}
}

void owner_written(struct thread *self, struct inode *inode)
{
	uint32_t mode = inode->attributes.mode, drop = 0;
	struct vfs_attributes changed;
	if (mode & LINUX_S_ISUID)
		drop |= LINUX_S_ISUID;
	if ((mode & (LINUX_S_ISGID | 0010)) == (LINUX_S_ISGID | 0010))
		drop |= LINUX_S_ISGID;
	if (!drop || inode_type(inode) != LINUX_S_IFREG || thread_capable(self, LINUX_CAP_FSETID))
		return;
	changed.mode = mode & ~drop;
	inode_note(inode, VFS_SET_MODE, &changed);
}
