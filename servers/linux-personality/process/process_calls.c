/* SPDX-License-Identifier: MIT */
/*
 * Small calls about the calling thread: who it is, its TLS base, its persona, its CPU, memory barriers.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "memory/mm.h"
#include "process/tree.h"

#define PERSONA_ASK 0xffffffffu

int64_t sys_getpid(struct thread *self)
{
	return self->process->pid;
}

int64_t sys_gettid(struct thread *self)
{
	return self->tid;
}

int64_t sys_getppid(struct thread *self)
{
	lock_acquire(&process_tree_lock);
	int32_t pid = self->process->parent ? self->process->parent->pid : 0;
	lock_release(&process_tree_lock);
	return pid;
}

int64_t sys_arch_prctl(struct thread *self, int32_t option, uint64_t address)
{
	struct guest_registers *regs = &self->guest.regs;
	switch (option) {
	case LINUX_ARCH_SET_FS:
	case LINUX_ARCH_SET_GS:
		if (address >= GUEST_USER_LIMIT)
			return -EPERM;
		if (option == LINUX_ARCH_SET_FS)
			regs->fs_base = address;
		else
			regs->gs_base = address;
		return 0;
	case LINUX_ARCH_GET_FS:
		return guest_write((gaddr_t){ address }, &regs->fs_base, sizeof(regs->fs_base));
	case LINUX_ARCH_GET_GS:
		return guest_write((gaddr_t){ address }, &regs->gs_base, sizeof(regs->gs_base));
	case LINUX_ARCH_GET_CPUID: return 1;
	case LINUX_ARCH_SET_CPUID: return -ENODEV;
	default: return -EINVAL;
	}
}

int64_t sys_personality(struct thread *self, uint32_t persona)
{
	int64_t old = (int64_t)self->personality;
	if (persona != PERSONA_ASK)
		self->personality = persona;
	return old;
}

/* One CPU, one node. */
int64_t sys_getcpu(struct thread *self, gaddr_t cpu, gaddr_t node, gaddr_t unused)
{
	const uint32_t zero = 0;
	(void)self;
	(void)unused;
	if (cpu.value && guest_write(cpu, &zero, sizeof(zero)))
		return -EFAULT;
	return node.value ? guest_write(node, &zero, sizeof(zero)) : 0;
}

/* With one CPU a call into the kernel orders everything already; what is left are the rules of registration. */
int64_t sys_membarrier(struct thread *self, int32_t command, uint32_t flags, int32_t cpu)
{
	const int64_t known = LINUX_MEMBARRIER_GLOBAL | LINUX_MEMBARRIER_GLOBAL_EXPEDITED |
			      LINUX_MEMBARRIER_REGISTER_GLOBAL_EXPEDITED |
			      LINUX_MEMBARRIER_PRIVATE_EXPEDITED |
			      LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED |
			      LINUX_MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE |
			      LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE;
	uint64_t *registered = &self->mm->membarrier_registered;
	(void)cpu;
	if (flags)
		return -EINVAL;
	switch (command) {
	case LINUX_MEMBARRIER_QUERY: return known;
	case LINUX_MEMBARRIER_GLOBAL:
	case LINUX_MEMBARRIER_GLOBAL_EXPEDITED: return 0;
	case LINUX_MEMBARRIER_REGISTER_GLOBAL_EXPEDITED:
	case LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED:
	case LINUX_MEMBARRIER_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
		__atomic_or_fetch(registered, (uint64_t)command, __ATOMIC_ACQ_REL);
		return 0;
	case LINUX_MEMBARRIER_PRIVATE_EXPEDITED:
	case LINUX_MEMBARRIER_PRIVATE_EXPEDITED_SYNC_CORE:
		return *registered & (uint64_t)command << 1 ? 0 : -EPERM;
	default: return -EINVAL;
	}
}
