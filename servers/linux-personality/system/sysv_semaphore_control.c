/* SPDX-License-Identifier: MIT */
/*
 * semctl(2).
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "process/process.h"
#include "system/sysv_semaphores.h"

#define READ_MODE 0444u
#define ALTER_MODE 0222u

static struct semaphore_set *set_find(struct thread *self, int32_t id)
{
	return (struct semaphore_set *)sysv_find(self, SYSV_SEMAPHORES, id);
}

static void undo_clear(struct semaphore_set *set, uint32_t number)
{
	for (struct semaphore_undo *undo = set->undos; undo; undo = undo->next)
		undo->changes[number] = 0;
}

static uint32_t waiters_count(const struct semaphore_set *set, uint32_t number, bool for_zero)
{
	uint32_t count = 0;
	for (const struct semaphore_waiter *waiter = set->waiters; waiter; waiter = waiter->next) {
		const struct linux_sembuf *operation = &waiter->operations[waiter->blocked];
		count += operation->number == number && for_zero == !operation->change;
	}
	return count;
}

static int64_t value_set(struct thread *self, struct semaphore_set *set, uint32_t number, int32_t value)
{
	if (value < 0 || value > LINUX_SEMVMX)
		return -ERANGE;
	set->semaphores[number] = (struct semaphore){ value, self->process->pid };
	undo_clear(set, number);
	set->object.changed = sysv_now();
	semaphores_changed(set);
	return 0;
}

static int64_t one_command(struct thread *self, struct semaphore_set *set, int32_t number, int32_t command,
			   uint64_t argument)
{
	const struct semaphore *semaphore = &set->semaphores[number];
	switch (command) {
	case LINUX_SEM_GETVAL: return semaphore->value;
	case LINUX_SEM_GETPID: return semaphore->pid;
	case LINUX_SEM_GETNCNT: return waiters_count(set, (uint32_t)number, false);
	case LINUX_SEM_GETZCNT: return waiters_count(set, (uint32_t)number, true);
	default: return value_set(self, set, (uint32_t)number, (int32_t)argument);
	}
}

/* GETVAL and its kin: of one semaphore. */
static int64_t control_one(struct thread *self, int32_t id, int32_t number, int32_t command,
			   uint64_t argument)
{
	struct semaphore_set *set;
	int64_t result = -EINVAL;
	if (command == LINUX_SEM_SETVAL && ((int32_t)argument < 0 || (int32_t)argument > LINUX_SEMVMX))
		return -ERANGE;
	lock_acquire(&sysv_lock);
	set = set_find(self, id);
	if (set && number >= 0 && (uint32_t)number < set->count) {
		result = sysv_permit(self, &set->object,
				     command == LINUX_SEM_SETVAL ? ALTER_MODE : READ_MODE);
		if (!result)
			result = one_command(self, set, number, command, argument);
	}
	lock_release(&sysv_lock);
	return result;
}

/* The number of semaphores, if the caller may do that: else -errno. */
static int64_t set_count(struct thread *self, int32_t id, uint32_t mode)
{
	struct semaphore_set *set;
	int64_t result = -EINVAL;
	lock_acquire(&sysv_lock);
	set = set_find(self, id);
	if (set)
		result = sysv_permit(self, &set->object, mode) ? -EACCES : (int64_t)set->count;
	lock_release(&sysv_lock);
	return result;
}

/* The set whose count the caller has asked for; NULL: it has gone since, whoever has its number now. */
static struct semaphore_set *set_find_counted(struct thread *self, int32_t id, int64_t count)
{
	struct semaphore_set *set = set_find(self, id);
	return set && set->count == count ? set : NULL;
}

static int64_t all_get(struct thread *self, int32_t id, uint16_t *values, int64_t count)
{
	struct semaphore_set *set;
	lock_acquire(&sysv_lock);
	set = set_find_counted(self, id, count);
	for (int64_t i = 0; set && i < count; i++)
		values[i] = (uint16_t)set->semaphores[i].value;
	lock_release(&sysv_lock);
	return set ? 0 : -EIDRM;
}

static int64_t all_set(struct thread *self, int32_t id, const uint16_t *values, int64_t count)
{
	struct semaphore_set *set;
	for (int64_t i = 0; i < count; i++)
		if (values[i] > LINUX_SEMVMX)
			return -ERANGE;
	lock_acquire(&sysv_lock);
	set = set_find_counted(self, id, count);
	for (int64_t i = 0; set && i < count; i++) {
		set->semaphores[i] = (struct semaphore){ values[i], self->process->pid };
		undo_clear(set, (uint32_t)i);
	}
	if (set) {
		set->object.changed = sysv_now();
		semaphores_changed(set);
	}
	lock_release(&sysv_lock);
	return set ? 0 : -EIDRM;
}

static int64_t control_all(struct thread *self, int32_t id, int32_t command, gaddr_t array)
{
	bool gets = command == LINUX_SEM_GETALL;
	int64_t count = set_count(self, id, gets ? READ_MODE : ALTER_MODE), result = -EFAULT;
	uint64_t bytes = (uint64_t)count * sizeof(uint16_t);
	uint16_t *values;
	if (count < 0)
		return count;
	values = slab_allocate(bytes);
	if (!values)
		return -ENOMEM;
	if (gets) {
		result = all_get(self, id, values, count);
		if (!result && guest_write(array, values, bytes))
			result = -EFAULT;
	} else if (!guest_read(values, array, bytes)) {
		result = all_set(self, id, values, count);
	}
	slab_free(values, bytes);
	return result;
}

static int64_t control_status(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_semid_ds status = { 0 };
	struct semaphore_set *set;
	int64_t result = -EINVAL;
	bool end;
	lock_acquire(&sysv_lock);
	set = command == LINUX_IPC_STAT
		      ? set_find(self, id)
		      : (struct semaphore_set *)sysv_at(ipc_namespace_of(self), SYSV_SEMAPHORES, (uint32_t)id,
							&end);
	if (set)
		result = command == LINUX_SEM_STAT_ANY ? 0 : sysv_permit(self, &set->object, READ_MODE);
	if (!result) {
		sysv_perm_fill(&status.perm, &set->object);
		status.operated = set->operated;
		status.changed = set->object.changed;
		status.count = set->count;
		result = command == LINUX_IPC_STAT ? 0 : set->object.id;
	}
	lock_release(&sysv_lock);
	return result >= 0 && guest_write(buffer, &status, sizeof(status)) ? -EFAULT : result;
}

static int64_t control_owner(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_semid_ds status;
	struct semaphore_set *set;
	int64_t result = -EINVAL;
	if (command == LINUX_IPC_SET && guest_read(&status, buffer, sizeof(status)))
		return -EFAULT;
	lock_acquire(&sysv_lock);
	set = set_find(self, id);
	if (set)
		result = sysv_own(self, &set->object);
	if (!result && command == LINUX_IPC_SET)
		sysv_perm_set(&set->object, &status.perm);
	else if (!result)
		semaphore_set_destroy(self, set);
	lock_release(&sysv_lock);
	return result;
}

/* Totals with SEM_INFO, limits alone with IPC_INFO; the highest slot in use. */
static int64_t control_information(struct thread *self, int32_t command, gaddr_t buffer)
{
	struct linux_seminfo info = { .map = LINUX_SEMMNI * LINUX_SEMMSL,
				      .sets = LINUX_SEMMNI,
				      .semaphores = LINUX_SEMMNI * LINUX_SEMMSL,
				      .undos = LINUX_SEMMNI * LINUX_SEMMSL,
				      .per_set = LINUX_SEMMSL,
				      .operations = LINUX_SEMOPM,
				      .undo_entries = LINUX_SEMOPM,
				      .undo_bytes = 20,
				      .value = LINUX_SEMVMX,
				      .exit_value = LINUX_SEMVMX };
	uint32_t sets = 0, semaphores = 0, highest = 0;
	bool end = false;
	lock_acquire(&sysv_lock);
	for (uint32_t slot = 0; !end; slot++) {
		struct sysv_object *object = sysv_at(ipc_namespace_of(self), SYSV_SEMAPHORES, slot, &end);
		if (!object)
			continue;
		sets++;
		semaphores += ((struct semaphore_set *)object)->count;
		highest = slot;
	}
	lock_release(&sysv_lock);
	if (command == LINUX_SEM_INFO) {
		info.undo_bytes = (int32_t)sets;
		info.exit_value = (int32_t)semaphores;
	}
	return guest_write(buffer, &info, sizeof(info)) ? -EFAULT : (int64_t)highest;
}

int64_t sys_semctl(struct thread *self, int32_t id, int32_t number, int32_t command, uint64_t argument)
{
	gaddr_t buffer = { argument };
	if (id < 0)
		return -EINVAL;
	switch (command) {
	case LINUX_IPC_INFO:
	case LINUX_SEM_INFO: return control_information(self, command, buffer);
	case LINUX_IPC_STAT:
	case LINUX_SEM_STAT:
	case LINUX_SEM_STAT_ANY: return control_status(self, id, command, buffer);
	case LINUX_SEM_GETALL:
	case LINUX_SEM_SETALL: return control_all(self, id, command, buffer);
	case LINUX_SEM_GETVAL:
	case LINUX_SEM_GETPID:
	case LINUX_SEM_GETNCNT:
	case LINUX_SEM_GETZCNT:
	case LINUX_SEM_SETVAL: return control_one(self, id, number, command, argument);
	case LINUX_IPC_SET:
	case LINUX_IPC_RMID: return control_owner(self, id, command, buffer);
	default: return -EINVAL;
	}
}
