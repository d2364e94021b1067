/* SPDX-License-Identifier: MIT */
/*
 * Robust futexes: when a thread dies holding some, the next owner learns it (get_robust_list(2)).
 *
 * The list is in guest memory and may be anything: it is walked a bounded number of steps, and every word is changed by
 * compare and exchange. Bit 0 of an entry says that its futex hands on priority.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "linux_abi/process.h"
#include "process/credentials.h"
#include "process/exit.h"
#include "process/tree.h"
#include "runtime/kernel.h"
#include "signal/state.h"

#define ENTRY_PRIORITY 1ull

/* Mark a word whose owner dies; wake one waiter. `pending`: the operation in hand may not have taken or set it yet. */
static int handle_death(struct thread *self, uint64_t address, bool priority, bool pending)
{
	gaddr_t word = { address };
	uint32_t value, old;
	if (address % sizeof(value))
		return -EINVAL;
	if (guest_read(&value, word, sizeof(value)))
		return -EFAULT;
	for (;;) {
		if (pending && !priority && !value) {
			(void)k_word_wake(address, 1, WAIT_ANY, WAIT_GUEST | WAIT_SHARED);
			return 0;
		}
		if ((value & LINUX_FUTEX_TID_MASK) != (uint32_t)self->tid)
			return 0;
		uint32_t dead = (value & LINUX_FUTEX_WAITERS) | LINUX_FUTEX_OWNER_DIED;
		if (guest_compare_exchange(word, value, dead, &old))
			return -EFAULT;
		if (old == value)
			break;
		value = old;
	}
	if (!priority && (value & LINUX_FUTEX_WAITERS))
		(void)k_word_wake(address, 1, WAIT_ANY, WAIT_GUEST | WAIT_SHARED);
	return 0;
}

static uint64_t entry_address(uint64_t entry)
{
	return entry & ~ENTRY_PRIORITY;
}

static void walk_list(struct thread *self, const struct linux_robust_list_head *head)
{
	uint64_t entry = head->first, next;
	for (uint32_t left = LINUX_ROBUST_LIST_MAX; left && entry_address(entry) != self->robust_list.value;
	     left--) {
		/* The next one first: the word's new owner may free the entry. */
		bool more = !guest_read(&next, (gaddr_t){ entry_address(entry) }, sizeof(next));
		if (entry_address(entry) != entry_address(head->pending) &&
		    handle_death(self, entry_address(entry) + (uint64_t)head->futex_offset,
				 entry & ENTRY_PRIORITY, false))
			return;
		if (!more)
			return;
		entry = next;
	}
}

void robust_list_exit(struct thread *self)
{
	struct linux_robust_list_head head;
	if (!self->robust_list.value || guest_read(&head, self->robust_list, sizeof(head)))
		return;
	walk_list(self, &head);
	if (head.pending)
		(void)handle_death(self, entry_address(head.pending) + (uint64_t)head.futex_offset,
				   head.pending & ENTRY_PRIORITY, true);
	self->robust_list = (gaddr_t){ 0 };
}

int64_t sys_set_robust_list(struct thread *self, gaddr_t head, uint64_t bytes)
{
	if (bytes != sizeof(struct linux_robust_list_head))
		return -EINVAL;
	self->robust_list = head;
	return 0;
}

static bool may_read(struct thread *self, struct thread *target)
{
	const struct credentials *mine = self->credentials, *its = target->credentials;
	if (target->process == self->process || thread_capable(self, LINUX_CAP_SYS_PTRACE))
		return true;
	return mine->uid == its->uid && mine->uid == its->euid && mine->uid == its->suid &&
	       mine->gid == its->gid && mine->gid == its->egid && mine->gid == its->sgid;
}

int64_t sys_get_robust_list(struct thread *self, int32_t tid, gaddr_t head, gaddr_t bytes)
{
	const uint64_t size = sizeof(struct linux_robust_list_head);
	uint64_t address = 0;
	int result = -ESRCH;
	lock_acquire(&process_tree_lock);
	struct thread *target = tid ? thread_find(tid) : self;
	if (target) {
		lock_acquire(&target->process->lock);
		result = may_read(self, target) ? 0 : -EPERM;
		address = target->robust_list.value;
		lock_release(&target->process->lock);
	}
	lock_release(&process_tree_lock);
	if (result)
		return result;
	if (guest_write(bytes, &size, sizeof(size)) || guest_write(head, &address, sizeof(address)))
		return -EFAULT;
	return 0;
}

int64_t sys_set_tid_address(struct thread *self, gaddr_t word)
{
	self->clear_child_tid = word;
	return self->tid;
}
