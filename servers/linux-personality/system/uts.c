/* SPDX-License-Identifier: MIT */
/*
 * uname(2), sethostname(2), setdomainname(2), and UTS namespaces.
 */
#include "system/uts.h"
#include "process/namespaces.h"

#include <string.h>

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "process/credentials.h"
#include "process/hooks.h"
#include "process/process.h"

const char uts_system[] = "Linux", uts_machine[] = "x86_64";
const char uts_release[] = "6.1.0-lichen", uts_version[] = "#1 SMP PREEMPT_DYNAMIC Lichen";

struct uts_namespace *uts_namespace_create(void)
{
	struct uts_namespace *space = slab_allocate(sizeof(*space));
	if (!space)
		return NULL;
	space->references = 1;
	space->id = NAMESPACE_NUMBER_UTS;
	lock_init(&space->lock, RANK_TABLE);
	memcpy(space->node, "(none)", sizeof("(none)"));
	memcpy(space->domain, "(none)", sizeof("(none)"));
	return space;
}

void uts_namespace_get(struct uts_namespace *space)
{
	__atomic_add_fetch(&space->references, 1, __ATOMIC_RELAXED);
}

void uts_namespace_put(struct uts_namespace *space)
{
	if (__atomic_sub_fetch(&space->references, 1, __ATOMIC_ACQ_REL) == 0)
		slab_free(space, sizeof(*space));
}

struct uts_namespace *uts_namespace_copy(struct uts_namespace *from)
{
	struct uts_namespace *space = uts_namespace_create();
	if (!space)
		return NULL;
	space->id = namespace_number_next();
	uts_names(from, space->node, space->domain);
	return space;
}

void uts_names(struct uts_namespace *space, char node[UTS_BYTES], char domain[UTS_BYTES])
{
	lock_acquire(&space->lock);
	memcpy(node, space->node, UTS_BYTES);
	memcpy(domain, space->domain, UTS_BYTES);
	lock_release(&space->lock);
}

struct linux_utsname {
	char system[UTS_BYTES], node[UTS_BYTES], release[UTS_BYTES], version[UTS_BYTES], machine[UTS_BYTES],
		domain[UTS_BYTES];
};

int64_t sys_uname(struct thread *self, gaddr_t out)
{
	struct linux_utsname names;
	memset(&names, 0, sizeof(names));
	memcpy(names.system, uts_system, sizeof(uts_system));
	memcpy(names.release, uts_release, strlen(uts_release) + 1);
	memcpy(names.version, uts_version, strlen(uts_version) + 1);
	memcpy(names.machine, uts_machine, strlen(uts_machine) + 1);
	uts_names(self->process->uts, names.node, names.domain);
	return guest_write(out, &names, sizeof(names));
}

static int64_t uts_set(struct thread *self, char *field, gaddr_t name, int32_t bytes)
{
	char fresh[UTS_BYTES] = { 0 };
	if (!thread_capable(self, LINUX_CAP_SYS_ADMIN))
		return -EPERM;
	if (bytes < 0 || bytes > UTS_BYTES - 1)
		return -EINVAL;
	if (guest_read(fresh, name, (size_t)bytes))
		return -EFAULT;
	lock_acquire(&self->process->uts->lock);
	memcpy(field, fresh, UTS_BYTES);
	lock_release(&self->process->uts->lock);
	return 0;
}

int64_t sys_sethostname(struct thread *self, gaddr_t name, int32_t bytes)
{
	return uts_set(self, self->process->uts->node, name, bytes);
}

int64_t sys_setdomainname(struct thread *self, gaddr_t name, int32_t bytes)
{
	return uts_set(self, self->process->uts->domain, name, bytes);
}
