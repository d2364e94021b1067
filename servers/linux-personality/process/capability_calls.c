/* SPDX-License-Identifier: MIT */
/*
 * capget(2), capset(2), and prctl's operations on capability sets and securebits.
 */
#include "process/capability.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/process.h"

/* How many 32-bit words a version of the interface has; 0: unknown, and the program is told the one to use. */
static int read_header(gaddr_t where, struct linux_cap_header *header, uint32_t *words)
{
	if (guest_read(header, where, sizeof(*header)))
		return -EFAULT;
	switch (header->version) {
	case LINUX_CAPABILITY_VERSION_1: *words = 1; return 0;
	case LINUX_CAPABILITY_VERSION_2:
	case LINUX_CAPABILITY_VERSION_3: *words = 2; return 0;
	default: break;
	}
	header->version = LINUX_CAPABILITY_VERSION_3;
	*words = 0;
	return guest_write(where, header, sizeof(header->version)) ? -EFAULT : -EINVAL;
}

static struct credentials *credentials_by_tid(struct thread *self, int32_t tid)
{
	struct credentials *found = NULL;
	if (!tid) {
		credentials_get(self->credentials);
		return self->credentials;
	}
	lock_acquire(&process_tree_lock);
	struct thread *thread = thread_find(tid);
	if (thread)
		found = credentials_of(thread);
	lock_release(&process_tree_lock);
	return found;
}

int64_t sys_capget(struct thread *self, gaddr_t header, gaddr_t data)
{
	struct linux_cap_header head;
	struct linux_cap_data words[2];
	uint32_t count;
	int error = read_header(header, &head, &count);
	if (error)
		return error == -EINVAL && !data.value ? 0 : error;
	if (head.pid < 0)
		return -EINVAL;
	if (!data.value)
		return 0;
	struct credentials *its = credentials_by_tid(self, head.pid);
	if (!its)
		return -ESRCH;
	for (uint32_t i = 0; i < 2; i++) {
		words[i].effective = (uint32_t)(its->effective >> 32 * i);
		words[i].permitted = (uint32_t)(its->permitted >> 32 * i);
		words[i].inheritable = (uint32_t)(its->inheritable >> 32 * i);
	}
	credentials_put(its);
	return guest_write(data, words, count * sizeof(words[0]));
}

int capability_check_set(const struct credentials *old, uint64_t effective, uint64_t permitted,
			 uint64_t inheritable)
{
	if (!credentials_capable(old, LINUX_CAP_SETPCAP) &&
	    (inheritable & ~(old->inheritable | old->permitted)))
		return -EPERM;
	if (inheritable & ~(old->inheritable | old->bounding))
		return -EPERM;
	if (permitted & ~old->permitted)
		return -EPERM;
	return effective & ~permitted ? -EPERM : 0;
}

int64_t sys_capset(struct thread *self, gaddr_t header, gaddr_t data)
{
	struct linux_cap_header head;
	struct linux_cap_data words[2] = { 0 };
	uint32_t count;
	int error = read_header(header, &head, &count);
	if (error)
		return error;
	if (head.pid && head.pid != self->tid)
		return -EPERM;
	if (guest_read(words, data, count * sizeof(words[0])))
		return -EFAULT;
	uint64_t effective = (words[0].effective | (uint64_t)words[1].effective << 32) & CAPABILITIES_ALL;
	uint64_t permitted = (words[0].permitted | (uint64_t)words[1].permitted << 32) & CAPABILITIES_ALL;
	uint64_t inheritable = (words[0].inheritable | (uint64_t)words[1].inheritable << 32) &
			       CAPABILITIES_ALL;
	error = capability_check_set(self->credentials, effective, permitted, inheritable);
	if (error)
		return error;
	struct credentials *fresh = credentials_copy(self->credentials);
	if (!fresh)
		return -ENOMEM;
	fresh->effective = effective;
	fresh->permitted = permitted;
	fresh->inheritable = inheritable;
	fresh->ambient &= permitted & inheritable;
	credentials_replace(self, fresh);
	return 0;
}

static int64_t publish_copy(struct thread *self, const struct credentials *changed)
{
	struct credentials *fresh = credentials_copy(self->credentials);
	if (!fresh)
		return -ENOMEM;
	fresh->securebits = changed->securebits;
	fresh->bounding = changed->bounding;
	fresh->ambient = changed->ambient;
	credentials_publish(self, fresh);
	return 0;
}

int64_t capability_bounding_read(struct thread *self, uint64_t capability)
{
	if (capability > LINUX_CAP_LAST)
		return -EINVAL;
	return self->credentials->bounding >> capability & 1;
}

int64_t capability_bounding_drop(struct thread *self, uint64_t capability)
{
	struct credentials changed = *self->credentials;
	if (!thread_capable(self, LINUX_CAP_SETPCAP))
		return -EPERM;
	if (capability > LINUX_CAP_LAST)
		return -EINVAL;
	changed.bounding &= ~CAPABILITY_BIT(capability);
	return publish_copy(self, &changed);
}

int64_t capability_set_securebits(struct thread *self, uint64_t bits)
{
	struct credentials changed = *self->credentials;
	uint32_t old = changed.securebits;
	uint64_t locked = (old & LINUX_SECURE_ALL_LOCKS) >> 1;
	if ((locked & (old ^ bits)) || (old & LINUX_SECURE_ALL_LOCKS & ~bits) ||
	    (bits & ~(uint64_t)(LINUX_SECURE_ALL_LOCKS | LINUX_SECURE_ALL_BITS)) ||
	    !thread_capable(self, LINUX_CAP_SETPCAP))
		return -EPERM;
	changed.securebits = (uint32_t)bits;
	return publish_copy(self, &changed);
}

int64_t capability_set_keep(struct thread *self, uint64_t keep)
{
	struct credentials changed = *self->credentials;
	if (keep > 1)
		return -EINVAL;
	if (changed.securebits & LINUX_SECBIT_KEEP_CAPS_LOCKED)
		return -EPERM;
	changed.securebits &= ~LINUX_SECBIT_KEEP_CAPS;
	changed.securebits |= keep ? LINUX_SECBIT_KEEP_CAPS : 0;
	return publish_copy(self, &changed);
}

static bool may_raise(const struct credentials *mine, uint64_t bit)
{
	return (mine->permitted & bit) && (mine->inheritable & bit) &&
	       !(mine->securebits & LINUX_SECBIT_NO_CAP_AMBIENT_RAISE);
}

int64_t capability_ambient(struct thread *self, uint64_t operation, uint64_t capability)
{
	struct credentials changed = *self->credentials;
	if (operation == LINUX_PR_CAP_AMBIENT_CLEAR_ALL) {
		changed.ambient = 0;
		return capability ? -EINVAL : publish_copy(self, &changed);
	}
	if (capability > LINUX_CAP_LAST)
		return -EINVAL;
	uint64_t bit = CAPABILITY_BIT(capability);
	switch (operation) {
	case LINUX_PR_CAP_AMBIENT_IS_SET: return !!(changed.ambient & bit);
	case LINUX_PR_CAP_AMBIENT_RAISE:
		if (!may_raise(&changed, bit))
			return -EPERM;
		changed.ambient |= bit;
		break;
	case LINUX_PR_CAP_AMBIENT_LOWER: changed.ambient &= ~bit; break;
	default: return -EINVAL;
	}
	return publish_copy(self, &changed);
}
