/* SPDX-License-Identifier: MIT */
/*
 * Making the file of the right kind for an inode, and the device numbers that programs know.
 */
#include "file/open_kind.h"

#include "core/errno.h"
#include "fs/dentry.h"
#include "fs/notify.h"
#include "process/process.h"

static struct file *simple_open(enum file_kind kind, uint32_t flags, int *error)
{
	struct file *file = file_create(kind, flags, NULL);
	*error = file ? 0 : -ENOMEM;
	return file;
}

#define SIMPLE_DEVICE(name, kind)                                                                            \
	static struct file *name(struct thread *self, struct inode *inode, uint32_t flags, int *error)       \
	{                                                                                                    \
		(void)self;                                                                                  \
		(void)inode;                                                                                 \
		return simple_open(kind, flags, error);                                                      \
	}
SIMPLE_DEVICE(open_null, FILE_NULL)
SIMPLE_DEVICE(open_zero, FILE_ZERO)
SIMPLE_DEVICE(open_full, FILE_FULL)
SIMPLE_DEVICE(open_random, FILE_RANDOM)
SIMPLE_DEVICE(open_kmsg, FILE_KMSG)
SIMPLE_DEVICE(open_rtc, FILE_RTC)

struct device_row {
	uint32_t major, minor_first, minor_last;
	device_open *open;
};

/* Linux's assigned character device numbers (Documentation/admin-guide/devices.txt). */
static const struct device_row device_rows[] = {
	{ 1, 3, 3, open_null },
	{ 1, 5, 5, open_zero },
	{ 1, 7, 7, open_full },
	{ 1, 8, 9, open_random },
	{ 1, 11, 11, open_kmsg },
	{ 4, 0, 255, tty_open_terminal },
	{ 5, 0, 0, tty_open_current },
	{ 5, 1, 1, tty_open_console },
	{ 5, 2, 2, tty_open_multiplexer },
	{ 136, 0, 1048575, tty_open_terminal },
	{ 252, 0, 0, open_rtc },
};

device_open *device_find(uint32_t type, uint64_t device)
{
	uint32_t major = (uint32_t)(device >> 32), minor = (uint32_t)device;
	if (type != LINUX_S_IFCHR)
		return NULL;
	for (unsigned i = 0; i < sizeof(device_rows) / sizeof(device_rows[0]); i++) {
		const struct device_row *row = &device_rows[i];
		if (row->major == major && minor >= row->minor_first && minor <= row->minor_last)
			return row->open;
	}
	return NULL;
}

static struct file *open_node(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	device_open *open = device_find(inode_type(inode), inode->attributes.device);
	if (open)
		return open(self, inode, flags, error);
	*error = -ENXIO;
	return NULL;
}

static struct file *open_by_type(struct thread *self, struct inode *inode, uint32_t flags, int *error)
{
	if (inode->super && inode_provider(inode)->open && inode_type(inode) == LINUX_S_IFREG)
		return inode_provider(inode)->open(self, inode, flags, error);
	switch (inode_type(inode)) {
	case LINUX_S_IFREG: return simple_open(FILE_REGULAR, flags, error);
	case LINUX_S_IFDIR: return simple_open(FILE_DIRECTORY, flags, error);
	case LINUX_S_IFIFO: return pipe_open_fifo(self, inode, flags, error);
	case LINUX_S_IFCHR:
	case LINUX_S_IFBLK: return open_node(self, inode, flags, error);
	case LINUX_S_IFSOCK: *error = -ENXIO; return NULL;
	default: *error = -ELOOP; return NULL;
	}
}

struct file *open_kind(struct thread *self, const struct path *path, uint32_t flags, int *error)
{
	struct inode *inode = path->dentry->inode;
	struct file *file = open_by_type(self, inode, flags, error);
	if (!file)
		return NULL;
	if (!file->inode)
		file_attach(file, path, inode);
	notify_file(file, NOTIFY_OPEN);
	return file;
}

struct file *open_path_only(const struct path *path, uint32_t flags, int *error)
{
	struct file *file = file_create(FILE_PATH, flags, NULL);
	*error = file ? 0 : -ENOMEM;
	if (file)
		file_attach(file, path, path->dentry->inode);
	return file;
}

const struct file_operations path_operations = { 0 };
