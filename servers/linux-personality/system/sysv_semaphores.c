/* SPDX-License-Identifier: MIT */
/*
 * semget(2), semop(2), semtimedop(2), and what a process's end undoes.
 *
 * All operations of a call are done at once or none. A call that must wait leaves them with the set; whoever changes the set
 * does them for it, the oldest first, so that its result is fixed when it wakes.
 */
#include "system/sysv_semaphores.h"

#include "calls/calls.h"
#include "core/clock.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "linux_abi/time.h"
#include "process/hooks.h"
#include "process/process.h"
#include "process/restart.h"
#include "signal/state.h"
#include "time/clocks.h"

#define READ_MODE 0444u
#define ALTER_MODE 0222u
#define WAITS 1

static size_t set_bytes(uint32_t count)
{
	return sizeof(struct semaphore_set) + count * sizeof(struct semaphore);
}

static size_t undo_bytes(uint32_t count)
{
	return sizeof(struct semaphore_undo) + count * sizeof(int16_t);
}

static size_t waiter_bytes(uint32_t count)
{
	return sizeof(struct semaphore_waiter) + count * sizeof(struct linux_sembuf);
}

static int set_create(struct thread *self, int32_t key, int32_t count, uint32_t flags)
{
	struct semaphore_set *set;
	int id;
	if (!count)
		return -EINVAL;
	set = slab_allocate(set_bytes((uint32_t)count));
	if (!set)
		return -ENOMEM;
	set->count = (uint32_t)count;
	id = sysv_add(self, SYSV_SEMAPHORES, &set->object, key, flags, LINUX_SEMMNI);
	if (id < 0)
		slab_free(set, set_bytes(set->count));
	return id;
}

int64_t sys_semget(struct thread *self, int32_t key, int32_t count, int32_t flags)
{
	struct sysv_object *object;
	int result;
	if (count < 0 || count > LINUX_SEMMSL)
		return -EINVAL;
	lock_acquire(&sysv_lock);
	result = sysv_get(self, SYSV_SEMAPHORES, key, (uint32_t)flags, &object);
	if (result > 0)
		result = set_create(self, key, count, (uint32_t)flags);
	else if (!result && (uint32_t)count > ((struct semaphore_set *)object)->count)
		result = -EINVAL;
	else if (!result)
		result = sysv_permit(self, object, (uint32_t)flags) ? -EACCES : object->id;
	lock_release(&sysv_lock);
	return result;
}

static struct semaphore_undo *undo_find(const struct semaphore_set *set, const struct process *process)
{
	struct semaphore_undo *undo = set->undos;
	while (undo && undo->process != process)
		undo = undo->next;
	return undo;
}

/* Is the n-th operation possible: 0; WAITS; -EAGAIN; -ERANGE. */
static int operation_try(struct semaphore_set *set, const struct linux_sembuf *operation, int16_t *undo)
{
	struct semaphore *semaphore = &set->semaphores[operation->number];
	int32_t value = semaphore->value + operation->change;
	int32_t change = undo ? undo[operation->number] - operation->change : 0;
	if (value < 0 || (!operation->change && semaphore->value))
		return operation->flags & (int16_t)LINUX_IPC_NOWAIT ? -EAGAIN : WAITS;
	if (value > LINUX_SEMVMX)
		return -ERANGE;
	if (operation->flags & LINUX_SEM_UNDO) {
		if (change < -LINUX_SEMVMX - 1 || change > LINUX_SEMVMX)
			return -ERANGE;
		undo[operation->number] = (int16_t)change;
	}
	semaphore->value = value;
	return 0;
}

static void operation_revert(struct semaphore_set *set, const struct linux_sembuf *operation, int16_t *undo)
{
	set->semaphores[operation->number].value -= operation->change;
	if (operation->flags & LINUX_SEM_UNDO)
		undo[operation->number] = (int16_t)(undo[operation->number] + operation->change);
}

/* All of a call's operations or none. */
static int operations_try(struct semaphore_set *set, struct semaphore_waiter *call)
{
	struct semaphore_undo *record = undo_find(set, call->process);
	int16_t *undo = record ? record->changes : NULL;
	uint32_t done = 0;
	int result = 0;
	while (!result && done < call->count) {
		result = operation_try(set, &call->operations[done], undo);
		done += !result;
	}
	call->blocked = done;
	if (result) {
		while (done--)
			operation_revert(set, &call->operations[done], undo);
		return result;
	}
	for (uint32_t i = 0; i < call->count; i++)
		set->semaphores[call->operations[i].number].pid = call->pid;
	set->operated = sysv_now();
	return 0;
}

static void waiter_end(struct semaphore_waiter *waiter, int result)
{
	waiter->next = NULL;
	__atomic_store_n(&waiter->result, result, __ATOMIC_RELEASE);
	wait_wake_all(&waiter->queue, 0);
}

/* May what a call did let one with a single operation pass that could not before? */
static bool call_opens(const struct semaphore_set *set, const struct semaphore_waiter *call)
{
	for (uint32_t i = 0; i < call->count; i++) {
		const struct linux_sembuf *operation = &call->operations[i];
		if (operation->change > 0 || (operation->change && !set->semaphores[operation->number].value))
			return true;
	}
	return false;
}

/* Those passed over are looked at again only if what was done may concern them: a crowd that takes goes in one pass. */
void semaphores_changed(struct semaphore_set *set)
{
	struct semaphore_waiter **link = &set->waiters, *waiter;
	bool complex = false; /* one that was passed over has several operations */
	while ((waiter = *link)) {
		int result = operations_try(set, waiter);
		if (result == WAITS) {
			complex |= waiter->count > 1;
			link = &waiter->next;
			continue;
		}
		bool again = !result && (complex || call_opens(set, waiter));
		*link = waiter->next;
		waiter_end(waiter, result);
		if (again) {
			link = &set->waiters;
			complex = false;
		}
	}
}

void semaphore_set_destroy(struct thread *self, struct semaphore_set *set)
{
	sysv_remove(self, SYSV_SEMAPHORES, &set->object);
	while (set->waiters) {
		struct semaphore_waiter *waiter = set->waiters;
		set->waiters = waiter->next;
		waiter_end(waiter, -EIDRM);
	}
	while (set->undos) {
		struct semaphore_undo *undo = set->undos;
		set->undos = undo->next;
		slab_free(undo, undo_bytes(set->count));
	}
	slab_free(set, set_bytes(set->count));
}

static int undo_make(struct semaphore_set *set, const struct process *process)
{
	struct semaphore_undo *undo;
	if (undo_find(set, process))
		return 0;
	undo = slab_allocate(undo_bytes(set->count));
	if (!undo)
		return -ENOMEM;
	undo->process = process;
	undo->next = set->undos;
	set->undos = undo;
	return 0;
}

static int call_check(struct thread *self, struct semaphore_set *set, const struct semaphore_waiter *call)
{
	bool alters = false, undoes = false;
	for (uint32_t i = 0; i < call->count; i++) {
		if (call->operations[i].number >= set->count)
			return -EFBIG;
		alters |= call->operations[i].change != 0;
		undoes |= call->operations[i].flags & LINUX_SEM_UNDO;
	}
	if (sysv_permit(self, &set->object, alters ? ALTER_MODE : READ_MODE))
		return -EACCES;
	return undoes ? undo_make(set, call->process) : 0;
}

/* sysv_lock held. WAITS: the call is among the waiters. */
static int call_begin(struct thread *self, struct semaphore_set *set, struct semaphore_waiter *call)
{
	struct semaphore_waiter **link = &set->waiters;
	int result = call_check(self, set, call);
	if (!result)
		result = operations_try(set, call);
	if (!result)
		semaphores_changed(set);
	call->result = result;
	if (result == WAITS) {
		while (*link)
			link = &(*link)->next;
		*link = call;
	}
	return result;
}

static void call_withdraw(struct semaphore_set *set, struct semaphore_waiter *call)
{
	struct semaphore_waiter **link = &set->waiters;
	while (*link != call)
		link = &(*link)->next;
	*link = call->next;
}

static int call_wait(struct thread *self, int32_t id, struct semaphore_waiter *call, uint64_t deadline)
{
	struct wait_node node = { 0 };
	int error = 0;
	wait_prepare(self, &node, &call->queue);
	while (!error && __atomic_load_n(&call->result, __ATOMIC_ACQUIRE) == WAITS)
		error = wait_sleep(self, deadline, WAIT_SIGNALS);
	wait_finish(self, &node);
	lock_acquire(&sysv_lock);
	if (call->result == WAITS)
		call_withdraw((struct semaphore_set *)sysv_find(self, SYSV_SEMAPHORES, id), call);
	else
		error = call->result;
	lock_release(&sysv_lock);
	return error == -ETIMEDOUT ? -EAGAIN : error == -ERESTARTSYS ? -EINTR : error;
}

static int64_t call_run(struct thread *self, int32_t id, struct semaphore_waiter *call, uint64_t deadline)
{
	struct sysv_object *object;
	int result = -EINVAL;
	lock_acquire(&sysv_lock);
	object = sysv_find(self, SYSV_SEMAPHORES, id);
	if (object)
		result = call_begin(self, (struct semaphore_set *)object, call);
	lock_release(&sysv_lock);
	return result == WAITS ? call_wait(self, id, call, deadline) : result;
}

static int64_t operate(struct thread *self, int32_t id, gaddr_t operations, uint32_t count, uint64_t deadline)
{
	struct semaphore_waiter *call;
	int64_t result = -EFAULT;
	if (!count || id < 0)
		return -EINVAL;
	if (count > LINUX_SEMOPM)
		return -E2BIG;
	call = slab_allocate(waiter_bytes(count));
	if (!call)
		return -ENOMEM;
	call->count = count;
	call->process = self->process;
	call->pid = self->process->pid;
	wait_queue_init(&call->queue);
	if (!guest_read(call->operations, operations, count * sizeof(struct linux_sembuf)))
		result = call_run(self, id, call, deadline);
	slab_free(call, waiter_bytes(count));
	return result;
}

int64_t sys_semop(struct thread *self, int32_t id, gaddr_t operations, uint32_t count)
{
	return operate(self, id, operations, count, DEADLINE_NEVER);
}

int64_t sys_semtimedop(struct thread *self, int32_t id, gaddr_t operations, uint32_t count, gaddr_t timeout)
{
	struct linux_timespec time;
	int64_t ns;
	if (!timeout.value)
		return operate(self, id, operations, count, DEADLINE_NEVER);
	if (guest_read(&time, timeout, sizeof(time)))
		return -EFAULT;
	if (timespec_to_ns(&time, &ns))
		return -EINVAL;
	return operate(self, id, operations, count, deadline_after(time.seconds, time.nanoseconds));
}

static void undo_apply(struct semaphore_set *set, const struct semaphore_undo *undo, int32_t pid)
{
	for (uint32_t i = 0; i < set->count; i++) {
		struct semaphore *semaphore = &set->semaphores[i];
		if (!undo->changes[i])
			continue;
		semaphore->value += undo->changes[i];
		if (semaphore->value < 0)
			semaphore->value = 0;
		if (semaphore->value > LINUX_SEMVMX)
			semaphore->value = LINUX_SEMVMX;
		semaphore->pid = pid;
	}
	set->operated = sysv_now();
}

static void set_undo(struct semaphore_set *set, const struct process *process)
{
	struct semaphore_undo **link = &set->undos, *undo;
	while (*link && (*link)->process != process)
		link = &(*link)->next;
	undo = *link;
	if (!undo)
		return;
	*link = undo->next;
	undo_apply(set, undo, process->pid);
	slab_free(undo, undo_bytes(set->count));
	semaphores_changed(set);
}

void semaphore_undo_exit(struct process *process)
{
	struct ipc_namespace *space = ipc_namespace_of(NULL);
	struct sysv_object *object;
	bool end = false;
	if (!__atomic_load_n(&space->tables[SYSV_SEMAPHORES].used, __ATOMIC_RELAXED))
		return;
	lock_acquire(&sysv_lock);
	for (uint32_t slot = 0; !end; slot++) {
		object = sysv_at(space, SYSV_SEMAPHORES, slot, &end);
		if (object)
			set_undo((struct semaphore_set *)object, process);
	}
	lock_release(&sysv_lock);
}
