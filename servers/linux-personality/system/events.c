/* SPDX-License-Identifier: MIT */
/*
 * Events of guests and recordings (events.h). While a recording is under way the kernel has its memory; afterwards it is an object
 * of ours, read in place until the next one.
 */
#include "system/events.h"

#include <string.h>
#include "core/errno.h"
#include "core/lock.h"
#include "core/survive.h"
#include "process/thread.h"
#include "process/tree.h"
#include "runtime/bootstrap.h"

#define PAGES_OF_MEGABYTE 256u
#define MEGABYTES_MAX 1024u

SURVIVES static struct mutex recording_mutex;
SURVIVES static struct event_recording range;
SURVIVES static handle_t object;

void event_note_task(const struct thread *thread)
{
	uint64_t name[2];
	memcpy(name, thread->name, sizeof(name));
	(void)k_event_note(EVENT_TASK, thread->guest.thread_number,
			   (uint64_t)(uint32_t)thread->process->pid << 32 | (uint32_t)thread->tid);
	(void)k_event_note(EVENT_NAME, name[0], name[1]);
}

void event_note_argument(const char *argument)
{
	uint64_t words[2] = { 0 };
	const char *base = strrchr(argument, '/');
	base = base ? base + 1 : argument;
	memcpy(words, base, strnlen(base, sizeof(words)));
	(void)k_event_note(EVENT_ARGUMENT, words[0], words[1]);
}

static void note_threads(struct process *process, void *context)
{
	(void)context;
	lock_acquire(&process->lock);
	for (const struct thread *thread = process->threads; thread; thread = thread->next_in_process)
		event_note_task(thread);
	lock_release(&process->lock);
}

static void drop(void)
{
	if (object.value)
		(void)k_handle_close(object);
	object = HANDLE_NONE;
}

static uint64_t power_of_two_from(uint64_t value)
{
	uint64_t power = 1;
	while (power < value)
		power *= 2;
	return power;
}

int recording_begin(uint64_t megabytes)
{
	struct call_result result;
	if (!megabytes || megabytes > MEGABYTES_MAX)
		return -EINVAL;
	mutex_acquire(&recording_mutex);
	drop();
	result = k_record_start(bootstrap_handle("system"), bootstrap_handle("account"),
				power_of_two_from(megabytes) * PAGES_OF_MEGABYTE);
	mutex_release(&recording_mutex);
	if (result.status < 0)
		return errno_from_status(result.status);
	process_for_each(note_threads, NULL);
	return 0;
}

int recording_end(void)
{
	struct event_recording ended;
	mutex_acquire(&recording_mutex);
	struct call_result result = k_record_stop(bootstrap_handle("system"), (uaddr_t){ (uintptr_t)&ended });
	if (result.status >= 0) {
		drop();
		object = call_handle(result);
		range = ended;
	}
	mutex_release(&recording_mutex);
	return result.status == STATUS_NOT_FOUND ? -ESRCH
	       : result.status < 0               ? errno_from_status(result.status)
						 : 0;
}

bool recording_about(struct recording_header *header)
{
	mutex_acquire(&recording_mutex);
	bool there = object.value;
	*header = (struct recording_header){
		.magic = RECORDING_MAGIC,
		.version = RECORDING_VERSION,
		.event_bytes = sizeof(struct event),
		.cpus = 1,
		.range = range,
	};
	mutex_release(&recording_mutex);
	return there;
}

static int64_t read_events(uint64_t offset, void *buffer, uint64_t bytes)
{
	uint64_t event = range.first + offset / sizeof(struct event),
		 ring = range.capacity * sizeof(struct event);
	uint64_t place = event % range.capacity * sizeof(struct event) + offset % sizeof(struct event);
	uint64_t total = (range.end - range.first) * sizeof(struct event);
	uint64_t left = offset < total ? total - offset : 0, straight = ring - place;
	bytes = bytes < left ? bytes : left;
	bytes = bytes < straight ? bytes : straight;
	struct call_result result = k_object_read(object, place, (uaddr_t){ (uintptr_t)buffer }, bytes);
	return result.status < 0 ? errno_from_status(result.status) : (int64_t)result.value;
}

int64_t recording_read(uint64_t offset, void *buffer, uint64_t bytes)
{
	struct recording_header header;
	if (!recording_about(&header))
		return 0;
	if (offset < sizeof(header)) {
		uint64_t left = sizeof(header) - offset;
		bytes = bytes < left ? bytes : left;
		memcpy(buffer, (const char *)&header + offset, bytes);
		return (int64_t)bytes;
	}
	mutex_acquire(&recording_mutex);
	int64_t got = object.value ? read_events(offset - sizeof(header), buffer, bytes) : 0;
	mutex_release(&recording_mutex);
	return got;
}
