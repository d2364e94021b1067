/* SPDX-License-Identifier: MIT */
/*
 * Recordings: a ring of events that somebody pays for, instead of the few that are always kept.
 */
#include "abi/boot.h"
#include "arch/x86_64/boot.h"
#include "arch/x86_64/cpu.h"
#include "debug/event.h"
#include "debug/log.h"
#include "memory/object.h"
#include "object/domain.h"
#include "structure/bytes.h"
#include "thread/thread.h"

#define EVENTS_OF_PAGE (PAGE_SIZE / sizeof(struct event))
#define PAGES_OF_MEGABYTE ((1u << 20) / PAGE_SIZE)
#define MEGABYTES_MAX 1024

static struct memory_object *recording;

/* Who is there already, for those who read the recording. */
static void record_threads(void)
{
	struct domain *domain;
	struct thread *thread;
	list_for_each(domain, &all_domains, domains_link)
		list_for_each(thread, &domain->threads, domain_link)
			event_record(EVENT_THREAD, thread->object.id, domain->object.id);
}

status_t recording_start(struct account *account, uint64_t pages)
{
	struct event_log *log = &cpu_self()->events;
	uint64_t slot;
	if (!pages || pages & (pages - 1) || pages > MEGABYTES_MAX * PAGES_OF_MEGABYTE)
		return STATUS_INVALID;
	if (recording)
		return STATUS_EXISTS;
	recording = memory_object_create(account, pages, OBJECT_CONTIGUOUS);
	if (!recording)
		return STATUS_NO_MEMORY;
	slot = object_slot(recording, 0);
	log->kept = direct_map((paddr_t){ slot & SLOT_ADDRESS });
	log->capacity = pages * EVENTS_OF_PAGE;
	log->started = log->fresh_number;
	record_threads();
	return STATUS_OK;
}

struct memory_object *recording_stop(struct event_recording *about)
{
	struct event_log *log = &cpu_self()->events;
	struct memory_object *object = recording;
	uint64_t fresh = event_count(log) - log->fresh_number;
	if (!object)
		return NULL;
	memcpy(&log->kept[log->fresh_number & (log->capacity - 1)], log->fresh, fresh * sizeof(struct event));
	about->started = log->started;
	about->end = event_count(log);
	about->first = event_first(log);
	if (about->end - about->first > log->capacity)
		about->first = about->end - log->capacity;
	about->capacity = log->capacity;
	recording = NULL;
	event_init(cpu_self());
	return object;
}

void recording_start_at_boot(void)
{
	const char *text;
	uint64_t megabytes = 0;
	if (!boot_option("lichen.record", &text))
		return;
	for (; *text >= '0' && *text <= '9' && megabytes <= MEGABYTES_MAX; text++)
		megabytes = megabytes * 10 + (uint64_t)(*text - '0');
	status_code_t status = recording_start(&root_account, megabytes * PAGES_OF_MEGABYTE);
	if (status)
		log_print("lichen.record: %lu MB cannot be had: status %d", megabytes, status);
}
