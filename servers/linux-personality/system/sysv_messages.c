/* SPDX-License-Identifier: MIT */
/*
 * msgget(2), msgsnd(2), msgrcv(2), msgctl(2).
 *
 * A message's text is copied from and to the guest without the lock. Who must wait sleeps on one of a few queues, chosen by
 * the number, and looks its queue up again: a number that is gone then is EIDRM.
 */
#include "calls/calls.h"
#include "core/errno.h"
#include "core/guest_memory.h"
#include "core/slab.h"
#include "core/survive.h"
#include "core/wait.h"
#include "process/credentials.h"
#include "process/process.h"
#include "signal/state.h"
#include "system/sysv.h"

#define READ_MODE 0444u
#define ALTER_MODE 0222u
#define QUEUES 16u

struct message {
	struct message *next;
	int64_t kind;
	uint64_t bytes;
	char text[];
};

struct message_queue {
	struct sysv_object object;
	struct message *first, *last;
	uint64_t count, bytes, bytes_max;
	int64_t sent, received;
	int32_t sender, receiver;
};

SURVIVES_TABLE static struct wait_queue waiting[QUEUES];
SURVIVES static bool waiting_ready;

/* sysv_lock held. */
static struct wait_queue *waiting_for(int32_t id)
{
	for (uint32_t i = 0; !waiting_ready && i < QUEUES; i++)
		wait_queue_init(&waiting[i]);
	waiting_ready = true;
	return &waiting[(uint32_t)id % QUEUES];
}

static void message_free(struct message *message)
{
	slab_free(message, sizeof(*message) + message->bytes);
}

static struct message_queue *queue_find(struct thread *self, int32_t id)
{
	return (struct message_queue *)sysv_find(self, SYSV_MESSAGES, id);
}

static int queue_create(struct thread *self, int32_t key, uint32_t flags)
{
	struct message_queue *queue = slab_allocate(sizeof(*queue));
	int id;
	if (!queue)
		return -ENOMEM;
	queue->bytes_max = LINUX_MSGMNB;
	id = sysv_add(self, SYSV_MESSAGES, &queue->object, key, flags, LINUX_MSGMNI);
	if (id < 0)
		slab_free(queue, sizeof(*queue));
	return id;
}

int64_t sys_msgget(struct thread *self, int32_t key, int32_t flags)
{
	struct sysv_object *object;
	int result;
	lock_acquire(&sysv_lock);
	result = sysv_get(self, SYSV_MESSAGES, key, (uint32_t)flags, &object);
	if (result > 0)
		result = queue_create(self, key, (uint32_t)flags);
	else if (!result)
		result = sysv_permit(self, object, (uint32_t)flags) ? -EACCES : object->id;
	lock_release(&sysv_lock);
	return result;
}

/* One try at what a caller may have to wait for: -EAGAIN when it has to. */
struct attempt {
	struct thread *self;
	int32_t id;
	uint32_t flags;
	struct message *message; /* to be sent, or received */
	int64_t kind;            /* asked for */
	uint64_t bytes;          /* that fit */
	int (*run)(struct attempt *attempt, struct message_queue *queue);
};

/* Try until it is done; a queue that was there and is gone is EIDRM. */
static int attempt_until_done(struct attempt *attempt)
{
	struct wait_node node = { 0 };
	struct thread *self = attempt->self;
	struct message_queue *queue;
	int result = 0, gone = -EINVAL;
	do {
		lock_acquire(&sysv_lock);
		queue = queue_find(self, attempt->id);
		if (queue && !node.queue)
			wait_prepare(self, &node, waiting_for(attempt->id));
		result = queue ? attempt->run(attempt, queue) : gone;
		lock_release(&sysv_lock);
		gone = -EIDRM;
		if (result != -EAGAIN || attempt->flags & LINUX_IPC_NOWAIT)
			break;
		result = wait_sleep(self, DEADLINE_NEVER, WAIT_SIGNALS);
	} while (!result);
	wait_finish(self, &node);
	return result == -ERESTARTSYS ? -ERESTARTNOHAND : result;
}

static int send_try(struct attempt *attempt, struct message_queue *queue)
{
	struct message *message = attempt->message;
	if (sysv_permit(attempt->self, &queue->object, ALTER_MODE))
		return -EACCES;
	if (message->bytes + queue->bytes > queue->bytes_max || queue->count + 1 > queue->bytes_max)
		return -EAGAIN;
	if (queue->last)
		queue->last->next = message;
	else
		queue->first = message;
	queue->last = message;
	queue->count++;
	queue->bytes += message->bytes;
	queue->sender = attempt->self->process->pid;
	queue->sent = sysv_now();
	wait_wake_all(waiting_for(attempt->id), 0);
	return 0;
}

int64_t sys_msgsnd(struct thread *self, int32_t id, gaddr_t guest, uint64_t bytes, int32_t flags)
{
	struct attempt attempt = { .self = self, .id = id, .flags = (uint32_t)flags, .run = send_try };
	struct message *message;
	int64_t kind;
	int error;
	if (guest_read(&kind, guest, sizeof(kind)))
		return -EFAULT;
	if (bytes > LINUX_MSGMAX || id < 0 || kind < 1)
		return -EINVAL;
	message = slab_allocate(sizeof(*message) + bytes);
	if (!message)
		return -ENOMEM;
	message->kind = kind;
	message->bytes = bytes;
	attempt.message = message;
	error = bytes ? guest_read(message->text, gaddr_add(guest, sizeof(kind)), bytes) : 0;
	if (!error)
		error = attempt_until_done(&attempt);
	if (error)
		message_free(message);
	return error;
}

static bool message_fits(const struct attempt *attempt, const struct message *message, int64_t position)
{
	if (attempt->flags & LINUX_MSG_COPY)
		return position == attempt->kind;
	if (attempt->kind > 0)
		return (message->kind == attempt->kind) == !(attempt->flags & LINUX_MSG_EXCEPT);
	return !attempt->kind || message->kind <= -attempt->kind;
}

/* The place of the message to be received: the first that fits, or with a negative kind the first of the lowest. */
static struct message **message_choose(const struct attempt *attempt, struct message_queue *queue)
{
	struct message **link = &queue->first, **chosen = NULL;
	bool lowest = attempt->kind < 0 && !(attempt->flags & LINUX_MSG_COPY);
	for (int64_t position = 0; *link; position++, link = &(*link)->next) {
		if (!message_fits(attempt, *link, position))
			continue;
		if (!lowest)
			return link;
		if (!chosen || (*link)->kind < (*chosen)->kind)
			chosen = link;
	}
	return chosen;
}

static struct message *message_copy(const struct message *message)
{
	struct message *copy = slab_allocate(sizeof(*copy) + message->bytes);
	if (copy)
		__builtin_memcpy(copy, message, sizeof(*copy) + message->bytes);
	return copy;
}

static void message_remove(struct message_queue *queue, struct message **link)
{
	struct message *message = *link;
	*link = message->next;
	queue->last = queue->first;
	while (queue->last && queue->last->next)
		queue->last = queue->last->next;
	queue->count--;
	queue->bytes -= message->bytes;
}

static int receive_try(struct attempt *attempt, struct message_queue *queue)
{
	struct message **link;
	if (sysv_permit(attempt->self, &queue->object, READ_MODE))
		return -EACCES;
	link = message_choose(attempt, queue);
	if (!link)
		return attempt->flags & LINUX_IPC_NOWAIT ? -ENOMSG : -EAGAIN;
	if ((*link)->bytes > attempt->bytes && !(attempt->flags & LINUX_MSG_NOERROR))
		return -E2BIG;
	if (attempt->flags & LINUX_MSG_COPY) {
		attempt->message = message_copy(*link);
		return attempt->message ? 0 : -ENOMEM;
	}
	attempt->message = *link;
	message_remove(queue, link);
	queue->receiver = attempt->self->process->pid;
	queue->received = sysv_now();
	wait_wake_all(waiting_for(attempt->id), 0);
	return 0;
}

static bool receive_flags_valid(uint32_t flags)
{
	if (!(flags & LINUX_MSG_COPY))
		return true;
	return !(flags & LINUX_MSG_EXCEPT) && flags & LINUX_IPC_NOWAIT;
}

int64_t sys_msgrcv(struct thread *self, int32_t id, gaddr_t guest, uint64_t bytes, int64_t kind,
		   int32_t flags)
{
	struct attempt attempt = { .self = self,
				   .id = id,
				   .flags = (uint32_t)flags,
				   .kind = kind == INT64_MIN ? -INT64_MAX : kind,
				   .bytes = bytes,
				   .run = receive_try };
	struct message *message;
	int64_t result;
	if (id < 0 || (int64_t)bytes < 0 || !receive_flags_valid(attempt.flags))
		return -EINVAL;
	result = attempt_until_done(&attempt);
	if (result)
		return result;
	message = attempt.message;
	result = (int64_t)(message->bytes < bytes ? message->bytes : bytes);
	if (guest_write(guest, &message->kind, sizeof(message->kind)) ||
	    (result && guest_write(gaddr_add(guest, sizeof(message->kind)), message->text, (size_t)result)))
		result = -EFAULT;
	message_free(message);
	return result;
}

static void queue_destroy(struct thread *self, struct message_queue *queue)
{
	sysv_remove(self, SYSV_MESSAGES, &queue->object);
	wait_wake_all(waiting_for(queue->object.id), 0);
	while (queue->first) {
		struct message *message = queue->first;
		queue->first = message->next;
		message_free(message);
	}
	slab_free(queue, sizeof(*queue));
}

static void queue_status(const struct message_queue *queue, struct linux_msqid_ds *status)
{
	sysv_perm_fill(&status->perm, &queue->object);
	status->sent = queue->sent;
	status->received = queue->received;
	status->changed = queue->object.changed;
	status->bytes = queue->bytes;
	status->count = queue->count;
	status->bytes_max = queue->bytes_max;
	status->sender = queue->sender;
	status->receiver = queue->receiver;
}

static int64_t control_status(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_msqid_ds status = { 0 };
	struct message_queue *queue;
	int64_t result = -EINVAL;
	bool end;
	lock_acquire(&sysv_lock);
	queue = command == LINUX_IPC_STAT
			? queue_find(self, id)
			: (struct message_queue *)sysv_at(ipc_namespace_of(self), SYSV_MESSAGES, (uint32_t)id,
							  &end);
	if (queue)
		result = command == LINUX_MSG_STAT_ANY ? 0 : sysv_permit(self, &queue->object, READ_MODE);
	if (!result) {
		queue_status(queue, &status);
		result = command == LINUX_IPC_STAT ? 0 : queue->object.id;
	}
	lock_release(&sysv_lock);
	return result >= 0 && guest_write(buffer, &status, sizeof(status)) ? -EFAULT : result;
}

static int64_t control_owner(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	struct linux_msqid_ds status;
	struct message_queue *queue;
	int64_t result = -EINVAL;
	if (command == LINUX_IPC_SET && guest_read(&status, buffer, sizeof(status)))
		return -EFAULT;
	lock_acquire(&sysv_lock);
	queue = queue_find(self, id);
	if (queue)
		result = sysv_own(self, &queue->object);
	if (!result && command == LINUX_IPC_RMID) {
		queue_destroy(self, queue);
	} else if (!result && status.bytes_max > LINUX_MSGMNB &&
		   !thread_capable(self, LINUX_CAP_SYS_RESOURCE)) {
		result = -EPERM;
	} else if (!result) {
		sysv_perm_set(&queue->object, &status.perm);
		queue->bytes_max = status.bytes_max;
		wait_wake_all(waiting_for(id), 0);
	}
	lock_release(&sysv_lock);
	return result;
}

static int64_t control_information(struct thread *self, int32_t command, gaddr_t buffer)
{
	struct linux_msginfo info = { .pool = LINUX_MSGMNI * LINUX_MSGMNB / 1024,
				      .map = LINUX_MSGMNB,
				      .max = LINUX_MSGMAX,
				      .queue_bytes = LINUX_MSGMNB,
				      .queues = LINUX_MSGMNI,
				      .segment_bytes = 16,
				      .headers = LINUX_MSGMNB,
				      .segments = 0xffff };
	uint32_t highest = 0;
	uint64_t queues = 0, messages = 0, bytes = 0;
	bool end = false;
	lock_acquire(&sysv_lock);
	for (uint32_t slot = 0; !end; slot++) {
		struct message_queue *queue = (struct message_queue *)sysv_at(ipc_namespace_of(self),
									      SYSV_MESSAGES, slot, &end);
		if (!queue)
			continue;
		highest = slot;
		queues++;
		messages += queue->count;
		bytes += queue->bytes;
	}
	lock_release(&sysv_lock);
	if (command == LINUX_MSG_INFO) {
		info.pool = (int32_t)queues;
		info.map = (int32_t)messages;
		info.headers = (int32_t)bytes;
	}
	return guest_write(buffer, &info, sizeof(info)) ? -EFAULT : (int64_t)highest;
}

int64_t sys_msgctl(struct thread *self, int32_t id, int32_t command, gaddr_t buffer)
{
	if (id < 0)
		return -EINVAL;
	switch (command) {
	case LINUX_IPC_INFO:
	case LINUX_MSG_INFO: return control_information(self, command, buffer);
	case LINUX_IPC_STAT:
	case LINUX_MSG_STAT:
	case LINUX_MSG_STAT_ANY: return control_status(self, id, command, buffer);
	case LINUX_IPC_SET:
	case LINUX_IPC_RMID: return control_owner(self, id, command, buffer);
	default: return -EINVAL;
	}
}
