/* SPDX-License-Identifier: MIT */
/*
 * Kernel objects: allocation, reference counts, deferred destruction, and the table of kinds.
 *
 * The queue of dead objects belongs to the kernel lock. An object whose destruction drops the last reference to
 * another one only lengthens the queue, so the depth of the stack does not depend on what users build.
 */
#include "arch/x86_64/cpu.h"
#include "debug/log.h"
#include "device/device.h"
#include "ipc/endpoint.h"
#include "ipc/timer.h"
#include "memory/object.h"
#include "object/domain.h"
#include "object/object.h"
#include "thread/work.h"
#include "route/descriptor.h"

static void (*const destroy[KIND_COUNT])(struct object *) = {
	[KIND_DOMAIN] = domain_destroy,
	[KIND_ASPACE] = aspace_destroy,
	[KIND_MEMORY] = memory_object_destroy,
	[KIND_THREAD] = thread_destroy,
	[KIND_ENDPOINT] = endpoint_destroy,
	[KIND_NOTIFICATION] = notification_destroy,
	[KIND_TIMER] = timer_destroy,
	[KIND_ACCOUNT] = account_destroy,
	[KIND_IRQ] = irq_destroy,
	[KIND_IOPORT] = object_free,
	[KIND_PHYSICAL] = object_free,
	[KIND_SYSTEM] = object_free,
	[KIND_DESCRIPTORS] = descriptors_destroy,
};

static uint64_t last_id;
static uint64_t live_objects;
static struct object *dead_objects;

/* Where in its structure a kind has the header: at the start, except a thread, whose frame comes first. */
static size_t header_offset(uint32_t kind)
{
	return kind == KIND_THREAD ? offsetof(struct thread, object) : 0;
}

void object_init(struct object *object, enum object_kind kind)
{
	object->references = 1;
	object->kind = (uint8_t)kind;
	object->id = ++last_id;
}

void *object_allocate(enum object_kind kind, size_t bytes, struct account *account)
{
	if (!account_charge_objects(account, 1))
		return NULL;
	char *memory = kernel_allocate(bytes, account);
	if (!memory) {
		account_uncharge_objects(account, 1);
		return NULL;
	}
	struct object *object = (struct object *)(void *)(memory + header_offset(kind));
	object_init(object, kind);
	object->bytes = (uint16_t)bytes;
	object->account = account;
	if (account)
		object_get(&account->object);
	live_objects++;
	return memory;
}

void object_free(struct object *object)
{
	struct account *account = object->account;
	kernel_free((char *)object - header_offset(object->kind), object->bytes, account);
	account_uncharge_objects(account, 1);
	if (account)
		object_put(&account->object);
	live_objects--;
}

void object_get(struct object *object)
{
	object->references++;
}

void object_put(struct object *object)
{
	if (--object->references)
		return;
	object->next_dead = dead_objects;
	dead_objects = object;
	cpu_self()->attention = true;
}

void object_requeue(struct object *object)
{
	object->references = 1;
	object_put(object);
}

void object_reap(void)
{
	while (!object_reap_some())
		;
}

/* False: none is dead. */
static bool object_destroy_one(void)
{
	struct object *object = dead_objects;
	if (!object)
		return false;
	dead_objects = object->next_dead;
	kernel_assert(object->kind && object->kind < KIND_COUNT);
	destroy[object->kind](object);
	return true;
}

bool object_reap_some(void)
{
	work_begin();
	bool more = true;
	while (more && !work_spent(WORK_OF_PAGE))
		more = domain_end_some() || object_destroy_one();
	work_unbounded();
	return !more;
}

uint64_t object_count(void)
{
	return live_objects;
}

static void detail_set(uint64_t detail[2], uint64_t first, uint64_t second)
{
	detail[0] = first;
	detail[1] = second;
}

void kind_detail(const struct object *object, uint64_t detail[2])
{
	const struct device_range *range = (const void *)object;
	const struct irq *irq = (const void *)object;
	const struct memory_object *memory = (const void *)object;
	const struct timer *timer = (const void *)object;
	detail_set(detail, 0, 0);
	switch (object->kind) {
	case KIND_IOPORT: detail_set(detail, range->first, range->first + range->count - 1); break;
	case KIND_PHYSICAL: detail_set(detail, range->first, range->count); break;
	case KIND_IRQ: detail_set(detail, irq->line, irq->vector); break;
	case KIND_MEMORY: detail_set(detail, memory->pages, memory->physical); break;
	case KIND_TIMER: detail_set(detail, timer->deadline_ns, timer->period_ns); break;
	case KIND_DOMAIN: detail_set(detail, ((const struct domain *)object)->status.end, 0); break;
	default: break;
	}
}

void kind_handle_added(struct object *object, uint32_t rights)
{
	if (object->kind == KIND_ENDPOINT && (rights & RIGHT_READ))
		((struct endpoint *)object)->receive_rights++;
}

void kind_handle_closed(struct object *object, uint32_t rights)
{
	struct endpoint *endpoint = (struct endpoint *)object;
	if (object->kind == KIND_ENDPOINT && (rights & RIGHT_READ) && --endpoint->receive_rights == 0)
		endpoint_close(endpoint);
}
