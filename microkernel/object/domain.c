/* SPDX-License-Identifier: MIT */
/*
 * The life of domains: birth with handles 1 and 2, watchers, end, and the report of a fault.
 *
 * The handle at index 1 is the reference that keeps a living domain; ending it closes all handles and so drops it.
 */
#include "debug/log.h"
#include "debug/report.h"
#include "ipc/endpoint.h"
#include "memory/memory.h"
#include "object/domain.h"
#include "route/descriptor.h"
#include "route/route.h"
#include "thread/thread.h"
#include "thread/work.h"

#define WATCHERS_MAX 16u

struct watcher {
	struct list_node link;
	struct notification *notification;
	uint64_t bits;
};

struct list_node all_domains = { &all_domains, &all_domains };
static struct list_node ending = { &ending, &ending };
struct domain *supervisor_domain;

struct domain *domain_create(struct account *account)
{
	struct domain *domain = object_allocate(KIND_DOMAIN, sizeof(*domain), account);
	if (!domain)
		return NULL;
	domain->account = account;
	domain->status.object_id = domain->object.id;
	list_init(&domain->threads);
	list_init(&domain->watchers);
	list_init(&domain->drained);
	list_append(&all_domains, &domain->domains_link);
	domain->aspace = aspace_create(account);
	if (!domain->aspace)
		goto undo;
	if (handle_insert_fixed(domain, 1, &domain->object, RIGHT_ALL) ||
	    handle_insert_fixed(domain, 2, (struct object *)domain->aspace, RIGHT_ALL))
		goto undo;
	return domain;
undo:
	domain_end(domain, DOMAIN_KILLED, 0);
	object_put(&domain->object);
	return NULL;
}

void domain_destroy(struct object *object)
{
	struct domain *domain = (struct domain *)object;
	list_remove(&domain->domains_link);
	object_free(object);
}

status_t domain_watch(struct domain *domain, struct notification *notification, uint64_t bits)
{
	if (!domain_lives(domain) && !list_linked(&domain->ending_link)) {
		notification_signal(notification, bits);
		return STATUS_OK;
	}
	if (domain->watcher_count == WATCHERS_MAX)
		return STATUS_LIMIT;
	struct watcher *watcher = kernel_allocate(sizeof(*watcher), domain->account);
	if (!watcher)
		return STATUS_NO_MEMORY;
	watcher->notification = notification;
	watcher->bits = bits;
	object_get(&notification->object);
	list_append(&domain->watchers, &watcher->link);
	domain->watcher_count++;
	return STATUS_OK;
}

void domain_watch_memory(struct domain *domain, struct notification *notification, uint64_t bits)
{
	object_get(&notification->object);
	if (domain->shortage)
		object_put(&domain->shortage->object);
	domain->shortage = notification;
	domain->shortage_bits = bits;
}

static void domain_tell_watchers(struct domain *domain)
{
	struct watcher *watcher;
	while ((watcher = list_first(&domain->watchers, struct watcher, link))) {
		list_remove(&watcher->link);
		notification_signal(watcher->notification, watcher->bits);
		object_put(&watcher->notification->object);
		kernel_free(watcher, sizeof(*watcher), domain->account);
	}
	domain->watcher_count = 0;
}

void domain_end(struct domain *domain, enum domain_end end, uint32_t code)
{
	if (!domain_lives(domain))
		return;
	domain->status.end = end;
	domain->status.code = code;
	if (domain == supervisor_domain)
		panic("the supervisor ended (end %u, code %u): nothing can restart the system's servers", end,
		      code);
	object_get(&domain->object);
	list_append(&ending, &domain->ending_link);
	cpu_self()->attention = true;
}

/* False: there is more. */
static bool end_threads(struct domain *domain)
{
	struct thread *thread;
	while ((thread = list_first(&domain->threads, struct thread, domain_link))) {
		if (work_spent(WORK_OF_PAGE))
			return false;
		thread_end(thread);
	}
	return true;
}

bool domain_end_some(void)
{
	struct domain *domain = list_first(&ending, struct domain, ending_link);
	if (!domain)
		return false;
	if (!end_threads(domain) || !handle_close_some(domain))
		return true;
	list_remove(&domain->ending_link);
	route_table_destroy(domain);
	descriptors_forget(domain);
	if (domain->aspace)
		object_put((struct object *)domain->aspace);
	domain->aspace = NULL;
	if (domain->shortage)
		object_put(&domain->shortage->object);
	domain->shortage = NULL;
	domain_tell_watchers(domain);
	object_put(&domain->object);
	return true;
}

void domain_fault(struct thread *thread, uint64_t fault_address)
{
	const struct trap_frame *frame = &thread->frame;
	struct domain *domain = thread->domain;
	struct domain_status *status = &domain->status;
	status->vector = (uint32_t)frame->vector;
	status->error_code = frame->error_code;
	status->fault_address = fault_address;
	status->rip = frame->rip;
	status->rsp = frame->rsp;
	status->rbp = frame->rbp;
	log_print("domain %lu faulted in thread %lu: vector %lu error %lx address %lx", domain->object.id,
		  thread->object.id, frame->vector, frame->error_code, fault_address);
	report_server(thread, fault_address);
	domain_end(domain, DOMAIN_FAULTED, (uint32_t)frame->vector);
}
