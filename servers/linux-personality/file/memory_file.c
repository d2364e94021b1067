/* SPDX-License-Identifier: MIT */
/*
 * memfd_create(2): a nameless file in a tmpfs that is mounted nowhere, and its seals.
 *
 * inode->seals: 0 no seals and none may be added (every ordinary file); else SEALABLE with the seals that are set.
 */
#include <string.h>

#include "abi/memory.h"
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/survive.h"
#include "file/control.h"
#include "file/memory_file.h"
#include "fs/dentry.h"
#include "fs/remote.h"
#include "linux_abi/files.h"
#include "process/process.h"
#include "runtime/kernel.h"

#define MFD_CLOEXEC 1u
#define MFD_ALLOW_SEALING 2u
#define MEMORY_NAME_MAX 249u
#define NAME_PREFIX "memfd:"

SURVIVES static struct superblock *memory_super;
SURVIVES static struct mutex memory_mutex;

static struct superblock *memory_superblock(int *error)
{
	mutex_acquire(&memory_mutex);
	if (!memory_super)
		memory_super = remote_mount("tmpfs", "memfd", "mode=1777", 0, error);
	mutex_release(&memory_mutex);
	return memory_super;
}

/* The file's dentry is a root of its own, called "memfd:NAME". */
static struct file *memory_file_make(struct thread *self, struct superblock *super, const char *name,
				     uint32_t seals, int *error)
{
	struct path path = { NULL, NULL };
	static const struct new_node node = { LINUX_S_IFREG | 0777, 0, false };
	struct inode *inode;
	struct file *file;
	*error = remote_provider.create(self, super->root, "", &node, &inode);
	if (*error)
		return NULL;
	inode->nameless = true;
	inode->seals = seals;
	inode_forward_update(inode);
	file = file_create(FILE_REGULAR, LINUX_O_RDWR, NULL);
	path.dentry = file ? dentry_create_named(super, inode, name) : NULL;
	if (!path.dentry) {
		*error = -ENOMEM;
		return NULL;
	}
	file_attach(file, &path, inode);
	dentry_put(path.dentry);
	return file;
}

struct file *memory_file_create(struct thread *self, const char *name, int *error)
{
	struct superblock *super = memory_superblock(error);
	return super ? memory_file_make(self, super, name, 0, error) : NULL;
}

int64_t sys_memfd_create(struct thread *self, gaddr_t guest_name, uint32_t flags)
{
	char name[sizeof(NAME_PREFIX) + MEMORY_NAME_MAX] = NAME_PREFIX;
	struct superblock *super;
	struct file *file;
	int64_t length;
	int error = 0;
	if (flags & ~(MFD_CLOEXEC | MFD_ALLOW_SEALING))
		return -EINVAL;
	length = guest_read_string(name + sizeof(NAME_PREFIX) - 1, guest_name, MEMORY_NAME_MAX + 1);
	if (length < 0)
		return length == -ENAMETOOLONG ? -EINVAL : length;
	super = memory_superblock(&error);
	if (!super)
		return error;
	file = memory_file_make(self, super, name, SEALABLE | (flags & MFD_ALLOW_SEALING ? 0 : SEAL_SEAL),
				&error);
	return file ? files_install(self, file, 0, flags & MFD_CLOEXEC) : error;
}

/* Some process may write the file through a shared mapping. */
static bool mapped_writable(struct inode *inode)
{
	struct object_info info;
	handle_t object;
	if (inode_object(inode, &object))
		return false;
	return k_object_info(object, (uaddr_t){ (uintptr_t)&info }).status == STATUS_OK && info.writers;
}

int64_t control_seals(struct file *file, uint32_t command, uint32_t seals)
{
	struct inode *inode = file->inode;
	int error = 0;
	if (file->kind != FILE_REGULAR || !(inode->seals & SEALABLE))
		return -EINVAL;
	if (command == LINUX_F_GET_SEALS)
		return inode->seals & SEAL_ALL;
	if (!(file->flags & LINUX_O_ACCMODE))
		return -EPERM;
	if (seals & ~SEAL_ALL)
		return -EINVAL;
	if (inode->seals & SEAL_SEAL)
		return -EPERM;
	mutex_acquire(&inode->content);
	if (seals & SEAL_WRITE && mapped_writable(inode))
		error = -EBUSY;
	else
		inode->seals |= seals;
	inode_forward_update(inode);
	mutex_release(&inode->content);
	return error;
}
