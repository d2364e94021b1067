/* SPDX-License-Identifier: MIT */
/*
 * Restartable sequences on one CPU.
 *
 * The CPU number never changes while there is one CPU, so it is written at registration. What remains is the abort of
 * a critical section: at signal delivery and after exits that are no calls. A thread that is registered asks the kernel to
 * leave the guest when another one ran in between, so a preemption is such an exit.
 */
#include "process/rseq.h"

#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "linux_abi/signal.h"
#include "signal/signal.h"

#define SECTION_OFFSET 8u

static void force_fault(struct thread *self)
{
	struct linux_siginfo info = { .number = LINUX_SIGSEGV, .code = LINUX_SI_KERNEL };
	self->rseq = (gaddr_t){ 0 };
	signal_force(self, LINUX_SIGSEGV, &info);
}

/* 0: nothing to do or done; -EFAULT: the guest's structures make no sense. */
static int abort_section(struct thread *self)
{
	struct linux_rseq_section section;
	const uint64_t none = 0;
	uint64_t address;
	uint32_t signature;
	if (guest_read(&address, gaddr_add(self->rseq, SECTION_OFFSET), sizeof(address)))
		return -EFAULT;
	if (!address)
		return 0;
	if (address >= GUEST_USER_LIMIT || guest_read(&section, (gaddr_t){ address }, sizeof(section)))
		return -EFAULT;
	if (section.version || section.abort_ip >= GUEST_USER_LIMIT || section.start_ip >= GUEST_USER_LIMIT ||
	    section.abort_ip - section.start_ip < section.post_commit_offset)
		return -EFAULT;
	if (guest_read(&signature, (gaddr_t){ section.abort_ip - sizeof(signature) }, sizeof(signature)) ||
	    signature != self->rseq_signature)
		return -EFAULT;
	bool inside = self->guest.regs.rip - section.start_ip < section.post_commit_offset;
	if (guest_write(gaddr_add(self->rseq, SECTION_OFFSET), &none, sizeof(none)))
		return -EFAULT;
	if (inside)
		self->guest.regs.rip = section.abort_ip;
	return 0;
}

void rseq_before_signal(struct thread *self)
{
	if (self->rseq.value && abort_section(self))
		force_fault(self);
}

void rseq_before_return(struct thread *self, uint32_t reason)
{
	self->guest.leave_when_switched = self->rseq.value != 0;
	if (self->rseq.value && (reason == EXIT_KICK || reason == EXIT_INTERRUPTED) && abort_section(self))
		force_fault(self);
}

static int64_t unregister(struct thread *self, gaddr_t area, uint32_t bytes, uint32_t signature)
{
	const uint32_t cpu[2] = { 0, LINUX_RSEQ_CPU_ID_UNINITIALIZED };
	if (!self->rseq.value || self->rseq.value != area.value || bytes != self->rseq_bytes)
		return -EINVAL;
	if (signature != self->rseq_signature)
		return -EPERM;
	if (guest_write(area, cpu, sizeof(cpu)))
		return -EFAULT;
	self->rseq = (gaddr_t){ 0 };
	return 0;
}

int64_t sys_rseq(struct thread *self, gaddr_t area, uint32_t bytes, int32_t flags, uint32_t signature)
{
	const uint32_t cpu[2] = { 0, 0 };
	if (flags & LINUX_RSEQ_FLAG_UNREGISTER)
		return flags & ~LINUX_RSEQ_FLAG_UNREGISTER ? -EINVAL
							   : unregister(self, area, bytes, signature);
	if (flags)
		return -EINVAL;
	if (self->rseq.value) {
		if (self->rseq.value != area.value || bytes != self->rseq_bytes)
			return -EINVAL;
		return signature != self->rseq_signature ? -EPERM : -EBUSY;
	}
	if (area.value % LINUX_RSEQ_BYTES || bytes != LINUX_RSEQ_BYTES)
		return -EINVAL;
	if (area.value >= GUEST_USER_LIMIT || guest_write(area, cpu, sizeof(cpu)))
		return -EFAULT;
	self->rseq = area;
	self->rseq_bytes = bytes;
	self->rseq_signature = signature;
	return 0;
}
