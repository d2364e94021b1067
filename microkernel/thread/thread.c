/* SPDX-License-Identifier: MIT */
/*
 * Birth and end of threads.
 *
 * A thread that is not dead is in its domain's list, which holds a reference to it. Its record and message page are
 * pinned frames, touched through the direct map; a record belongs to one thread at a time (the table of records).
 * Ending releases pins, spaces and queues at once; the memory goes with the last handle.
 */
#include "arch/x86_64/cpu.h"
#include "memory/aspace.h"
#include "object/domain.h"
#include "route/route.h"
#include "structure/bytes.h"
#include "thread/thread.h"
#include "thread/work.h"

#define RECORD_BUCKETS 256u
#define RECORD_ALIGNMENT 64u
#define KNOWN_FLAGS (THREAD_FPU | THREAD_GUEST | THREAD_COPY_FPU)

_Static_assert(sizeof(struct trap_frame) % 16 == 0 && offsetof(struct thread, frame) == 0,
	       "the CPU pushes to the end of the frame, 16-byte aligned");

static struct list_node record_buckets[RECORD_BUCKETS];

void thread_init(void)
{
	for (unsigned i = 0; i < RECORD_BUCKETS; i++)
		list_init(&record_buckets[i]);
	schedule_init();
	work_unbounded();
	word_init();
}

static struct list_node *record_bucket(const struct guest_record *record)
{
	return &record_buckets[((uintptr_t)record >> 9) % RECORD_BUCKETS];
}

static bool record_in_use(const struct guest_record *record)
{
	const struct thread *thread;
	list_for_each(thread, record_bucket(record), record_link)
		if (thread->record == record)
			return true;
	return false;
}

static bool user_address(uint64_t address, uint64_t bytes)
{
	return address < USER_LIMIT && bytes <= USER_LIMIT - address;
}

static bool record_placed_well(uint64_t record)
{
	uint64_t offset = record & (PAGE_SIZE - 1);
	return record && record % RECORD_ALIGNMENT == 0 && offset + GUEST_RECORD_BYTES <= PAGE_SIZE &&
	       user_address(record, GUEST_RECORD_BYTES);
}

static struct thread_schedule schedule_of(const struct thread_request *request)
{
	return (struct thread_schedule){
		.native_level = request->native_level,
		.guest_level = request->guest_level,
		.weight = request->weight,
	};
}

static bool request_valid(const struct thread_request *request)
{
	struct thread_schedule schedule = schedule_of(request);
	bool guest = request->flags & THREAD_GUEST;
	if ((request->flags & ~KNOWN_FLAGS) || request->reserved || !schedule_valid(&schedule))
		return false;
	if (!user_address(request->entry, 1) || !user_address(request->tls, 1) || request->stack % 16 ||
	    !user_address(request->stack, 0))
		return false;
	if (request->message_page % PAGE_SIZE || !user_address(request->message_page, PAGE_SIZE))
		return false;
	if (!guest)
		return request->entry && !request->aspace.value && !(request->flags & THREAD_COPY_FPU);
	return record_placed_well(request->record);
}

static status_t pin_pages(struct thread *thread, const struct thread_request *request)
{
	struct aspace *space = thread->domain->aspace;
	status_code_t status = STATUS_OK;
	void *page = NULL;
	if (request->message_page)
		status = aspace_pin(space, (uaddr_t){ request->message_page }, &thread->message_frame, &page);
	thread->message_page = page;
	if (status || !(request->flags & THREAD_GUEST))
		return status;
	thread->record_address = (uaddr_t){ request->record };
	status = aspace_pin(space, thread->record_address, &thread->record_frame, &page);
	if (status)
		return status;
	if (record_in_use(page))
		return STATUS_EXISTS;
	thread->record = page;
	thread->record->thread_number = thread->object.id;
	list_append(record_bucket(page), &thread->record_link);
	return STATUS_OK;
}

static void *fpu_image_create(struct account *account)
{
	void *image = kernel_allocate(cpu_features.fpu_bytes, account);
	if (image)
		fpu_init_image(image);
	return image;
}

static status_t make_fpu_images(struct thread *thread, uint32_t flags, struct thread *creator)
{
	bool guest = flags & THREAD_GUEST, native = flags & THREAD_FPU;
	thread->guest_fpu = guest ? fpu_image_create(thread->domain->account) : NULL;
	thread->native_fpu = native ? fpu_image_create(thread->domain->account) : NULL;
	if ((guest && !thread->guest_fpu) || (native && !thread->native_fpu))
		return STATUS_NO_MEMORY;
	if (guest && (flags & THREAD_COPY_FPU) && creator && creator->guest_fpu)
		memcpy(thread->guest_fpu, fpu_guest_image(creator), cpu_features.fpu_bytes);
	return STATUS_OK;
}

void thread_set_guest_space(struct thread *thread, struct aspace *space)
{
	if (space)
		object_get(&space->object);
	if (thread->guest_aspace)
		object_put(&thread->guest_aspace->object);
	thread->guest_aspace = space;
	thread->guest_root = space ? space->root : 0;
}

/* The guest space the creator named. */
static status_t find_guest_space(struct thread *thread, handle_t handle, struct thread *creator)
{
	if (!handle.value || !creator)
		return STATUS_OK;
	status_code_t status;
	struct object *space = handle_lookup(creator->domain, handle, KIND_ASPACE, RIGHT_MANAGE, &status);
	if (!space)
		return status;
	thread_set_guest_space(thread, (struct aspace *)space);
	return STATUS_OK;
}

static void unpin(struct frame **frame)
{
	if (*frame)
		frame_unpin(*frame);
	*frame = NULL;
}

/* Everything a thread holds but its memory; also for one that was only half made. */
static void release(struct thread *thread)
{
	if (list_linked(&thread->record_link))
		list_remove(&thread->record_link);
	if (thread->held)
		aspace_release(thread);
	unpin(&thread->record_frame);
	unpin(&thread->message_frame);
	thread->record = NULL;
	thread->message_page = NULL;
	fpu_forget(thread);
	kernel_free(thread->guest_fpu, cpu_features.fpu_bytes, thread->domain->account);
	kernel_free(thread->native_fpu, cpu_features.fpu_bytes, thread->domain->account);
	thread->guest_fpu = thread->native_fpu = NULL;
	thread_set_guest_space(thread, NULL);
}

struct thread *thread_create(struct domain *domain, const struct thread_request *request,
			     struct thread *creator, status_code_t *status)
{
	*status = !domain_lives(domain)    ? STATUS_RESTART
		  : request_valid(request) ? STATUS_OK
					   : STATUS_INVALID;
	if (*status)
		return NULL;
	struct thread *thread = object_allocate(KIND_THREAD, sizeof(*thread), domain->account);
	if (!thread) {
		*status = STATUS_NO_MEMORY;
		return NULL;
	}
	thread->cpu = cpu_self();
	thread->domain = domain;
	thread->native_root = domain->aspace->root;
	thread->exit_entry = domain->entry;
	object_get(&domain->object);
	thread->state = THREAD_IS_DEAD;
	struct thread_schedule schedule = schedule_of(request);
	schedule_set(thread, &schedule);
	*status = find_guest_space(thread, request->aspace, creator);
	if (!*status)
		*status = pin_pages(thread, request);
	if (!*status)
		*status = make_fpu_images(thread, request->flags, creator);
	if (*status) {
		release(thread);
		object_put(&thread->object);
		return NULL;
	}
	thread->stack_top = request->stack;
	thread->native_fs = request->tls;
	native_start(thread, request->entry, request->argument, 0);
	thread->state = THREAD_IS_NEW;
	list_append(&domain->threads, &thread->domain_link);
	domain->status.threads++;
	object_get(&thread->object);
	event_record(EVENT_THREAD, thread->object.id, domain->object.id);
	return thread;
}

void thread_destroy(struct object *object)
{
	struct thread *thread = list_entry(object, struct thread, object);
	object_put(&thread->domain->object);
	object_free(object);
}

void thread_start(struct thread *thread)
{
	if (!thread->frame.rip)
		native_start_at_exit_entry(thread, EXIT_START);
	thread->state = THREAD_IS_WAITING;
	schedule_ready(thread, false);
}

void thread_end(struct thread *thread)
{
	if (thread->state == THREAD_IS_DEAD)
		return;
	thread_leave_queues(thread);
	route_leave(thread);
	thread->state = THREAD_IS_DEAD;
	list_remove(&thread->domain_link);
	thread->domain->status.threads--;
	release(thread);
	object_put(&thread->object);
}
