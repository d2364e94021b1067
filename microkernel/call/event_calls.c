/* SPDX-License-Identifier: MIT */
/*
 * Calls on the event rings (debug/event.h). Notes need no right: they say of their thread what it says itself.
 */
#include "arch/x86_64/cpu.h"
#include "call/call.h"
#include "debug/event.h"
#include "memory/object.h"

#define EVENTS_OF_CALL 512u

struct call_result kcall_event_note(struct thread *self, uint32_t kind, uint64_t first, uint64_t second)
{
	if (kind < EVENT_NOTE_FIRST || kind >= EVENT_KIND_COUNT)
		return call_error(STATUS_INVALID);
	event_record(kind, first, second);
	return call_ok(0);
}

struct call_result kcall_event_read(struct thread *self, struct object *system, uint32_t cpu,
				    uaddr_t position, uaddr_t buffer, uint64_t max)
{
	struct aspace *space = self->domain->aspace;
	const struct event_log *log = &boot_cpu.events;
	uint64_t number, done = 0;
	status_code_t status = cpu == boot_cpu.number ? copy_in(space, &number, position, sizeof(number))
						      : STATUS_NOT_FOUND;
	if (status)
		return call_error(status);
	uint64_t first = event_first(log), end = event_count(log);
	number = number < first ? first : number;
	for (max = least(max, EVENTS_OF_CALL); !status && done < max && number < end; done++) {
		struct event event = *event_at(log, number++);
		status = copy_out(space, (uaddr_t){ buffer.value + done * sizeof(event) }, &event,
				  sizeof(event));
	}
	if (!status)
		status = copy_out(space, position, &number, sizeof(number));
	return call_answer(status, done);
}

struct call_result kcall_record_start(struct thread *self, struct object *system, struct account *account,
				      uint64_t pages)
{
	return call_error(recording_start(account, pages));
}

struct call_result kcall_record_stop(struct thread *self, struct object *system,
				     struct event_recording *recording)
{
	struct memory_object *object = recording_stop(recording);
	return object ? call_created(self, object) : call_error(STATUS_NOT_FOUND);
}
