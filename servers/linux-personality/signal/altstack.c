/* SPDX-License-Identifier: MIT */
/*
 * sigaltstack: setting, describing, disarming.
 */
#include "signal/altstack.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"

struct linux_stack altstack_describe(const struct thread *self)
{
	return (struct linux_stack){
		.base = self->altstack.base.value,
		.flags = self->altstack.flags,
		.size = self->altstack.size,
	};
}

void altstack_disarm(struct thread *self)
{
	if (self->altstack.flags & LINUX_SS_AUTODISARM)
		self->altstack = (struct altstack){ .flags = LINUX_SS_DISABLE };
}

int altstack_set(struct thread *self, const struct linux_stack *stack, uint64_t rsp)
{
	uint32_t mode = stack->flags & ~LINUX_SS_AUTODISARM;
	if (altstack_contains(&self->altstack, rsp))
		return -EPERM;
	if (mode != LINUX_SS_DISABLE && mode != LINUX_SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode == LINUX_SS_DISABLE) {
		self->altstack = (struct altstack){ .flags = stack->flags };
		return 0;
	}
	if (stack->size < LINUX_MINSIGSTKSZ)
		return -ENOMEM;
	self->altstack = (struct altstack){ { stack->base }, stack->size, stack->flags };
	return 0;
}

int64_t sys_sigaltstack(struct thread *self, gaddr_t stack, gaddr_t old)
{
	uint64_t rsp = self->guest.regs.rsp;
	struct linux_stack before = altstack_describe(self), fresh;
	before.flags = altstack_flags(&self->altstack, rsp) | (self->altstack.flags & LINUX_SS_AUTODISARM);
	if (stack.value && guest_read(&fresh, stack, sizeof(fresh)))
		return -EFAULT;
	if (stack.value) {
		int error = altstack_set(self, &fresh, rsp);
		if (error)
			return error;
	}
	if (old.value && guest_write(old, &before, sizeof(before)))
		return -EFAULT;
	return 0;
}
