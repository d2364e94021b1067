/* SPDX-License-Identifier: MIT */
/*
 * Alternate signal stacks (sigaltstack(2)). The pure questions are inline and take the stack pointer they are asked about.
 */
#ifndef LICHEN_PERSONALITY_ALTSTACK_H
#define LICHEN_PERSONALITY_ALTSTACK_H

#include "linux_abi/signal.h"
#include "process/thread.h"

/* Is the address within it, whatever its flags: pushes grow down, so the base is outside and the top inside. */
static inline bool altstack_covers(const struct altstack *stack, uint64_t rsp)
{
	return rsp > stack->base.value && rsp - stack->base.value <= stack->size;
}

/* Is a thread with this stack pointer on it. One that is disarmed while in use counts as left. */
static inline bool altstack_contains(const struct altstack *stack, uint64_t rsp)
{
	return !(stack->flags & LINUX_SS_AUTODISARM) && altstack_covers(stack, rsp);
}

/* SS_DISABLE, SS_ONSTACK, or 0: it can be switched to. */
static inline uint32_t altstack_flags(const struct altstack *stack, uint64_t rsp)
{
	if (!stack->size)
		return LINUX_SS_DISABLE;
	return altstack_contains(stack, rsp) ? LINUX_SS_ONSTACK : 0;
}

/* As uc_stack in a frame: with its flags, not its use. */
struct linux_stack altstack_describe(const struct thread *self);
/* SS_AUTODISARM: no alternate stack while the handler runs; the frame remembers it. */
void altstack_disarm(struct thread *self);
/* -EPERM while on it, -EINVAL, -ENOMEM. */
int altstack_set(struct thread *self, const struct linux_stack *stack, uint64_t rsp);

#endif
