/* SPDX-License-Identifier: MIT */
/*
 * execve(2) and execveat(2): names and arguments from the guest.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/slab.h"
#include "fs/walk.h"
#include "linux_abi/files.h"
#include "linux_abi/process.h"
#include "process/exec.h"
#include "process/process.h"
#include "runtime/format.h"

#define ARGUMENTS_MIN 0x20000ull
#define ARGUMENTS_MAX 0x600000ull
#define SHOWN_BYTES 4128u

/* A quarter of the stack's limit, between 128 KiB and 6 MiB. */
static uint64_t arguments_limit(struct thread *self)
{
	uint64_t limit = self->process->limits[LINUX_RLIMIT_STACK].soft / 4;
	return limit < ARGUMENTS_MIN ? ARGUMENTS_MIN : limit > ARGUMENTS_MAX ? ARGUMENTS_MAX : limit;
}

static int gather(struct thread *self, struct exec_arguments *all, gaddr_t arguments, gaddr_t environment)
{
	int error = exec_arguments_init(all, arguments_limit(self));
	if (error)
		return error;
	error = exec_arguments_read(all, arguments);
	if (!error)
		error = exec_environment_read(all, environment);
	if (error)
		exec_arguments_free(all);
	return error;
}

/* What a program started through a descriptor is told that it is called. */
static char *shown_name(int32_t directory, const char *name)
{
	char *shown = slab_allocate(SHOWN_BYTES);
	if (!shown)
		return NULL;
	struct format_buffer out = format_start(shown, SHOWN_BYTES);
	if (directory == LINUX_AT_FDCWD || name[0] == '/')
		format_append(&out, "%s", name);
	else if (!name[0])
		format_append(&out, "/dev/fd/%d", directory);
	else
		format_append(&out, "/dev/fd/%d/%s", directory, name);
	return shown;
}

static int64_t exec_named(struct thread *self, int32_t directory, const char *name, uint32_t at_flags,
			  struct exec_arguments *all)
{
	char *shown = shown_name(directory, name);
	if (!shown) {
		exec_arguments_free(all);
		return -ENOMEM;
	}
	int error = exec_run(self, directory, name, at_flags, shown, all);
	slab_free(shown, SHOWN_BYTES);
	return error;
}

int64_t sys_execveat(struct thread *self, int32_t directory, gaddr_t guest_name, gaddr_t arguments,
		     gaddr_t environment, int32_t flags)
{
	struct exec_arguments all;
	struct guest_name name;
	if (flags & ~(LINUX_AT_EMPTY_PATH | LINUX_AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	int64_t error = name_read(&name, guest_name);
	if (error)
		return error;
	error = name.text[0] || (flags & LINUX_AT_EMPTY_PATH) ? 0 : -ENOENT;
	if (!error)
		error = gather(self, &all, arguments, environment);
	if (!error)
		error = exec_named(self, directory, name.text, (uint32_t)flags, &all);
	name_free(&name);
	return error;
}

int64_t sys_execve(struct thread *self, gaddr_t name, gaddr_t arguments, gaddr_t environment)
{
	return sys_execveat(self, LINUX_AT_FDCWD, name, arguments, environment, 0);
}
