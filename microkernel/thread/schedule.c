/* SPDX-License-Identifier: MIT */
/*
 * Run queues, one per CPU, and the charging of time.
 *
 * Virtual time is a thread's time divided by its weight (1024: as it is). fair_time, the queue's own, follows the
 * least of its ready and running threads and never goes back; a thread that slept comes back at most CREDIT_NS
 * behind it, so that it runs soon but not long. Clock readings are few: each charge stamps the queue, and the next
 * thread's time starts at that stamp.
 */
#include "arch/x86_64/cpu.h"
#include "debug/event.h"
#include "object/domain.h"
#include "thread/thread.h"

#define FAIR_SLICE_NS 4000000u
#define NATIVE_SLICE_NS 10000000u
#define CREDIT_NS 3000000u
#define GRANULARITY_NS 1000000u
#define DEFAULT_WEIGHT 1024u /* for a weight of 0 too */

void schedule_init(void)
{
	for (unsigned level = 0; level < LEVEL_COUNT; level++)
		list_init(&boot_cpu.queue.levels[level]);
}

static unsigned level_of(const struct thread *thread)
{
	return thread->mode == MODE_GUEST ? thread->schedule.guest_level : thread->schedule.native_level;
}

static bool is_fair(const struct thread *thread)
{
	unsigned level = thread->record ? thread->schedule.guest_level : thread->schedule.native_level;
	return level == LEVEL_FAIR;
}

/* Highest level with a ready thread, or -1. */
static int top_level(const struct run_queue *queue)
{
	if (queue->used[1])
		return 127 - __builtin_clzl(queue->used[1]);
	return queue->used[0] ? 63 - __builtin_clzl(queue->used[0]) : -1;
}

static void level_update(struct run_queue *queue, unsigned level)
{
	bool empty = level == LEVEL_FAIR ? !queue->fair.root : list_empty(&queue->levels[level]);
	uint64_t bit = 1ull << (level & 63);
	if (empty)
		queue->used[level >> 6] &= ~bit;
	else
		queue->used[level >> 6] |= bit;
}

static void enqueue(struct run_queue *queue, struct thread *thread, bool first)
{
	unsigned level = level_of(thread);
	thread->state = THREAD_IS_READY;
	thread->queued_level = (uint8_t)level;
	if (level == LEVEL_FAIR)
		heap_insert(&queue->fair, &thread->fair_node, thread->virtual_time);
	else
		list_insert_before(first ? queue->levels[level].next : &queue->levels[level],
				   &thread->run_link);
	level_update(queue, level);
}

static void dequeue(struct run_queue *queue, struct thread *thread)
{
	if (queue->direct == thread) {
		queue->direct = NULL;
		return;
	}
	if (heap_linked(&thread->fair_node))
		heap_remove(&queue->fair, &thread->fair_node);
	else
		list_remove(&thread->run_link);
	level_update(queue, thread->queued_level);
}

/* 0: no slice, runs until it blocks. */
static uint64_t slice_ns(const struct thread *thread)
{
	if (thread->mode == MODE_NATIVE)
		return NATIVE_SLICE_NS;
	if (thread->schedule.guest_level == LEVEL_FAIR)
		return FAIR_SLICE_NS;
	return thread->schedule.slice_us * 1000ull;
}

static uint64_t *slice_end(struct run_queue *queue, struct thread *thread)
{
	return thread->mode == MODE_NATIVE ? &queue->native_slice_end_ns : &thread->slice_end_ns;
}

static void slice_renew(struct run_queue *queue, struct thread *thread)
{
	uint64_t *end = slice_end(queue, thread);
	uint64_t slice = slice_ns(thread);
	if (thread->mode == MODE_NATIVE || *end <= queue->stamp_ns || !slice)
		*end = slice ? queue->stamp_ns + slice : DEADLINE_NEVER;
}

static void virtual_time_advance(struct run_queue *queue, struct thread *thread, uint64_t ns)
{
	uint32_t weight = thread->schedule.weight;
	thread->virtual_time += weight == DEFAULT_WEIGHT ? ns : ns * DEFAULT_WEIGHT / weight;
	uint64_t least = thread->virtual_time;
	if (queue->fair.root && queue->fair.root->key < least)
		least = queue->fair.root->key;
	if (least > queue->fair_time)
		queue->fair_time = least;
}

/* Answers how much it was. */
static inline uint64_t charge(struct thread *thread)
{
	struct run_queue *queue = &thread->cpu->queue;
	uint64_t now = clock_now_ns();
	uint64_t ns = now - thread->charged_at_ns;
	queue->stamp_ns = thread->charged_at_ns = now;
	thread->total_time_ns += ns;
	if (is_fair(thread))
		virtual_time_advance(queue, thread, ns);
	return ns;
}

uint64_t schedule_charge(struct thread *thread)
{
	uint64_t ns = charge(thread);
	if (thread->mode == MODE_GUEST)
		thread->user_time_ns += ns;
	uint64_t native_ns = thread->total_time_ns - thread->user_time_ns;
	thread->domain->status.time_ns += native_ns - thread->counted_ns;
	thread->counted_ns = native_ns;
	return thread->charged_at_ns;
}

/* Others come before the running thread: of a higher level, or of its own when its share or slice is used up. */
static bool must_yield(struct run_queue *queue, struct thread *current)
{
	int top = top_level(queue), level = (int)level_of(current);
	if (top != level)
		return top > level;
	if (level == LEVEL_FAIR && queue->fair.root->key + GRANULARITY_NS < current->virtual_time)
		return true;
	return *slice_end(queue, current) <= queue->stamp_ns;
}

static void see_whether_to_yield(struct cpu *cpu)
{
	struct thread *current = cpu->current;
	if (current && current->state == THREAD_IS_RUNNING && must_yield(&cpu->queue, current))
		cpu->need_reschedule = cpu->attention = true;
}

void schedule_ready(struct thread *thread, bool direct)
{
	struct cpu *cpu = cpu_self();
	struct run_queue *queue = &cpu->queue;
	thread->cpu = cpu;
	cpu->attention = true;
	if (is_fair(thread) && thread->virtual_time + CREDIT_NS < queue->fair_time)
		thread->virtual_time = queue->fair_time - CREDIT_NS;
	if (direct && !queue->direct) {
		thread->state = THREAD_IS_READY;
		queue->direct = thread;
		return;
	}
	enqueue(queue, thread, false);
	see_whether_to_yield(cpu);
}

void schedule_block(struct thread *thread)
{
	if (thread->state == THREAD_IS_RUNNING)
		(void)schedule_charge(thread);
	thread->state = THREAD_IS_WAITING;
	thread->cpu->attention = true;
	thread->switches[0]++;
}

void schedule_remove(struct thread *thread)
{
	if (thread->state == THREAD_IS_READY)
		dequeue(&thread->cpu->queue, thread);
	if (thread->state == THREAD_IS_RUNNING)
		(void)schedule_charge(thread);
	if (thread->cpu->current == thread)
		thread->cpu->current = NULL;
	thread->cpu->attention = true;
}

/* The directly switched-to thread, if it may run before all queued ones; else it joins them. */
static struct thread *take_direct(struct cpu *cpu, bool current_runs)
{
	struct run_queue *queue = &cpu->queue;
	struct thread *direct = queue->direct;
	queue->direct = NULL;
	if (!direct || (!current_runs && (int)level_of(direct) >= top_level(queue)))
		return direct;
	enqueue(queue, direct, false);
	see_whether_to_yield(cpu);
	return NULL;
}

static struct thread *take_top(struct run_queue *queue)
{
	int level = top_level(queue);
	if (level < 0)
		return NULL;
	struct thread *thread = level == LEVEL_FAIR
					? list_entry(queue->fair.root, struct thread, fair_node)
					: list_entry(queue->levels[level].next, struct thread, run_link);
	dequeue(queue, thread);
	return thread;
}

/* Others may have run since its last instruction: it leaves if its record says so. A routed call is an end in itself. */
static void switched_to(struct thread *thread)
{
	if (thread->mode == MODE_GUEST && thread->frame.vector != TRAP_SYSCALL &&
	    *(const volatile uint32_t *)&thread->record->leave_when_switched)
		thread->kicked |= KICK_SIGNAL;
}

struct thread *schedule_next(struct cpu *cpu)
{
	struct run_queue *queue = &cpu->queue;
	struct thread *current = cpu->current;
	bool runs = current && current->state == THREAD_IS_RUNNING;
	struct thread *next = take_direct(cpu, runs);
	if (runs && !cpu->need_reschedule)
		return current;
	cpu->need_reschedule = false;
	if (runs) {
		bool used_up = schedule_charge(current) >= *slice_end(queue, current);
		enqueue(queue, current, !used_up);
	}
	if (!next)
		next = take_top(queue);
	if (next && next != current) {
		cpu->switches++;
		event_record(EVENT_SWITCH, next->object.id, current ? current->object.id : 0);
		if (runs)
			current->switches[1]++;
		switched_to(next);
		next->charged_at_ns = queue->stamp_ns;
	}
	cpu->current = next;
	if (!next)
		return NULL;
	next->state = THREAD_IS_RUNNING;
	slice_renew(queue, next);
	return next;
}

uint64_t schedule_slice_end(struct cpu *cpu)
{
	struct run_queue *queue = &cpu->queue;
	struct thread *current = cpu->current;
	if (!current || top_level(queue) != (int)level_of(current))
		return DEADLINE_NEVER;
	return *slice_end(queue, current);
}

void schedule_tick(uint64_t now_ns)
{
	struct cpu *cpu = cpu_self();
	cpu->queue.stamp_ns = now_ns;
	see_whether_to_yield(cpu);
}

/* The change of level counts only where others are ready. */
static inline void mode_change(struct thread *thread, enum thread_mode mode)
{
	struct cpu *cpu = thread->cpu;
	thread->mode = mode;
	if (cpu->queue.used[0] | cpu->queue.used[1]) {
		cpu->attention = true;
		if (mode == MODE_GUEST)
			see_whether_to_yield(cpu);
	}
}

void schedule_enter_guest(struct thread *thread)
{
	struct cpu *cpu = thread->cpu;
	(void)charge(thread);
	mode_change(thread, MODE_GUEST);
	if (thread->slice_end_ns <= cpu->queue.stamp_ns && !cpu->need_reschedule)
		slice_renew(&cpu->queue, thread);
}

void schedule_leave_guest(struct thread *thread)
{
	thread->user_time_ns += charge(thread);
	mode_change(thread, MODE_NATIVE);
}

void schedule_yield(struct thread *thread)
{
	struct cpu *cpu = cpu_self();
	struct run_queue *queue = &cpu->queue;
	(void)schedule_charge(thread);
	if (queue->fair.root && is_fair(thread) && thread->virtual_time <= queue->fair.root->key)
		thread->virtual_time = queue->fair.root->key + GRANULARITY_NS + 1;
	thread->slice_end_ns = queue->native_slice_end_ns = 0;
	cpu->need_reschedule = cpu->attention = true;
}

bool schedule_valid(const struct thread_schedule *schedule)
{
	return schedule->native_level < LEVEL_COUNT && schedule->guest_level < LEVEL_COUNT;
}

void schedule_set(struct thread *thread, const struct thread_schedule *schedule)
{
	struct cpu *cpu = cpu_self();
	bool queued = thread->state == THREAD_IS_READY;
	if (queued)
		dequeue(&thread->cpu->queue, thread);
	thread->schedule = *schedule;
	if (!thread->schedule.weight)
		thread->schedule.weight = DEFAULT_WEIGHT;
	thread->slice_end_ns = 0;
	if (queued)
		enqueue(&thread->cpu->queue, thread, false);
	see_whether_to_yield(cpu);
}
